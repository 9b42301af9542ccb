"""The explorer: an index of the market's events, an API over it, and the page that shows it."""
