"""The explorer's HTTP interface."""
