import { useConnect, useConnectors, useDisconnect, useSwitchChain } from "wagmi";

import { Account } from "../components/Account.tsx";
import { Money } from "../components/Money.tsx";
import { Facts, Panel } from "../components/Panel.tsx";
import { visible } from "../lib/text.ts";
import { DEVELOPMENT, mintGift } from "./development.ts";
import { faultOf } from "./faults.ts";
import { SendingNote } from "./SendingNote.tsx";
import { isBusy, useSending } from "./useSending.ts";
import { useFunds, useWallet, type Connected, type Wallet } from "./useWallet.ts";

/** The account that acts: which one, what it has, and how to have another. */
export function Connect() {
  const wallet = useWallet();
  return (
    <Panel title="Your account">
      {wallet.connected === null ? <Choice /> : <Holder wallet={wallet} connected={wallet.connected} />}
    </Panel>
  );
}

/** The wallets of this browser, and the development key where there is one. */
export function Choice() {
  const connectors = useConnectors();
  const { mutate: connect, isPending, error } = useConnect();
  const wallets = connectors.filter((one) => one.id !== DEVELOPMENT);
  const key = connectors.find((one) => one.id === DEVELOPMENT);
  return (
    <div className="choice">
      {wallets.map((connector) => (
        <button key={connector.uid} type="button" disabled={isPending} onClick={() => connect({ connector })}>
          Connect {visible(connector.name)}
        </button>
      ))}
      {wallets.length === 0 && <p className="muted">This browser shows no wallet (EIP-6963).</p>}
      {key !== undefined && (
        <>
          <button type="button" disabled={isPending} onClick={() => connect({ connector: key })}>
            Use the development key
          </button>
          <DevelopmentNote />
        </>
      )}
      {error !== null && (
        <p className="ill" role="alert">
          {faultOf(error).title} {faultOf(error).detail}
        </p>
      )}
    </div>
  );
}

function DevelopmentNote() {
  return (
    <p className="muted">
      The development key is account 9 of the public test phrase: everybody has it. It is for local chains
      only, where nothing has a value; what is sent to it on any other chain is lost.
    </p>
  );
}

function Holder({ wallet, connected }: { wallet: Wallet; connected: Connected }) {
  const [funds, again] = useFunds(wallet);
  return (
    <>
      <Facts
        items={[
          ["Account", <Account account={connected.address} />],
          ["Signs with", visible(connected.name)],
          ["Credits in the wallet", <Money units={funds && Number(funds.wallet)} />],
          ["Credits free in the Ledger", <Money units={funds && Number(funds.free)} />],
        ]}
      />
      {connected.development && <DevelopmentNote />}
      {connected.elsewhere && <Elsewhere wallet={wallet} />}
      {funds?.gas === 0n && <p className="ill">The account has no ether on this chain to pay for gas.</p>}
      <div className="buttons">
        {wallet.status.dev_key && <Gift wallet={wallet} to={connected} again={again} />}
        <Disconnect />
      </div>
    </>
  );
}

/** Makes place for another account. */
export function Disconnect() {
  const { mutate: disconnect } = useDisconnect();
  return (
    <button type="button" className="quiet" onClick={() => disconnect({})}>
      Disconnect
    </button>
  );
}

/** The wallet has to change to the market's chain. */
export function Elsewhere({ wallet }: { wallet: Wallet }) {
  const { mutate: switchChain, isPending, error } = useSwitchChain();
  const { id, name } = wallet.chain;
  return (
    <div className="banner warn" role="alert">
      <p>
        The wallet is on another chain. This market is on {name}, number {id}.
      </p>
      <button type="button" disabled={isPending} onClick={() => switchChain({ chainId: id })}>
        Switch the wallet to it
      </button>
      {error !== null && <p>{faultOf(error).title} Choose the chain in the wallet itself.</p>}
    </div>
  );
}

interface GiftProps {
  wallet: Wallet;
  to: Connected;
  again: () => Promise<unknown>;
}

function Gift({ wallet, to, again }: GiftProps) {
  const [sending, begin] = useSending();
  const { reader, chain, market } = wallet;
  const mint = (): Promise<void> =>
    begin(async (tell) => {
      if (reader === null) throw new Error("The explorer passes nothing on to its node.");
      tell({ kind: "working", text: "Minting 1,000 credits …" });
      await mintGift(reader, chain, market.token, to.address);
      await again();
      return "1,000 credits are in the wallet.";
    });
  return (
    <>
      <button type="button" disabled={isBusy(sending)} onClick={() => void mint()}>
        Get 1,000 test credits
      </button>
      <SendingNote sending={sending} />
    </>
  );
}
