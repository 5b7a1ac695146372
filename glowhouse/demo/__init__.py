"""The demo shop: a seeded generator of a made-up beauty shop and of the dirt in its extracts.

`world` holds the latent truth (who needs what, what does what), `behaviour` lets customers choose, `journeys` and
`systems` write down what each source system would have seen, `dirt` breaks it on purpose, and `generate` runs the
whole. See docs/demo_shop.md.
"""

from glowhouse.demo.config import DemoConfig
from glowhouse.demo.generate import DemoError, DemoReport, generate

__all__ = ["DemoConfig", "DemoError", "DemoReport", "generate"]
