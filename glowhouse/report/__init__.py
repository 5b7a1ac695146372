"""`glowhouse report`: one page that shows what was built, from the queries under `analyses/`."""
