"""nginx as it is set, and a site as the outside sees it."""
