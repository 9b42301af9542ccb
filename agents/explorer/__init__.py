"""The explorer: the market's events as tables, an API over them, and the page that shows them."""
