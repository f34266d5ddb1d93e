"""The fulfilment API: each group of addresses in `urls` has a file of its own, with its views and their shapes.

What every view is built on is in `base`, how it is described in `description`; `shapes` has what several files show or
take, `problems` what each refusal becomes.
"""
