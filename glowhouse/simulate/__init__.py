"""A simulated experiment in the demo shop: its customers, of whom everything is known, react to what they are shown.

`visits` says who comes when and what stands at home, `lists` what each arm shows, `reactions` what people do with it,
`records` how app and webshop write that down, `truth` what the effect really is, `run` puts them together. Everything
that comes out is labelled as simulated; none of it says anything about a real shop.
"""
