"""What answers the gateway's calls: endpoints over HTTP, the embedded models, a script; and the way to them."""
