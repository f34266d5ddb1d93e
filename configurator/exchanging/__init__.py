"""Lists that staff take out into a spreadsheet and bring back in: components, compositions, rules, stock."""
