"""Results as text, Markdown and HTML; renderers only read."""
