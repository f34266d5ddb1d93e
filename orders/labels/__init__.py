"""The label of a job: what it says, where each line stands, and how it is drawn."""
