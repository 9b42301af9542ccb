"""The auction as environments: batched in torch, and for the libraries PettingZoo and Gymnasium, both optional."""
