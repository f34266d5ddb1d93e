"""The pages on which a mix is found and chosen."""
