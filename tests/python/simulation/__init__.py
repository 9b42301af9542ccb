"""A market of random parties on a real node behind a network that fails and lies, with forks, shutdowns and deaths.

    clock    an event loop whose time passes only when nobody has anything to do
    network  the node, asked without waiting; each party's way to it; the miner
    life     a process that can die at any await, and at any write
    party    one process: its store, clients and wallets, and what it does
    moves    what a party can do in the market, and when it makes sense
    book     what a party has decided, in its store
    truth    what is on the chain, and how every store differs from it
    run      one life of the market, by its seed

Everything hangs on the seed: the loop's time is virtual, the node answers while it stands still, blocks have the
loop's time, and threads run where they are started. What the code under test draws at random is drawn from the seed.
"""
