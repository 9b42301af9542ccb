import { useState } from "react";

import type { TaskDetail } from "../api/types.ts";
import { Agent } from "../components/Account.tsx";
import { Copy } from "../components/Hash.tsx";
import { Money } from "../components/Money.tsx";
import { Facts } from "../components/Panel.tsx";
import { Span, Time } from "../components/Time.tsx";
import { agentRegistryAbi } from "./abi.ts";
import { credits, parseCredits } from "./amounts.ts";
import { faultOfWhole } from "./draft.ts";
import { Field } from "./Field.tsx";
import { drawNonce, readOffer, signOffer, writeOffer, type Offer } from "./offers.ts";
import type { Tell } from "./send.ts";
import { SendingNote } from "./SendingNote.tsx";
import { isBusy, useSending } from "./useSending.ts";
import type { Wallet } from "./useWallet.ts";

interface FormProps {
  wallet: Wallet;
  task: TaskDetail;
}

const placeOf = ({ status, market }: Wallet) => ({ chainId: status.chain_id, auction: market.auction });

/** The agent's offer, as it was handed over, and what it says before it is accepted. */
export function AcceptForm({
  wallet,
  task,
  busy,
  act,
}: FormProps & { busy: boolean; act: (offer: Offer) => void }) {
  const [text, setText] = useState("");
  const offer = text.trim() === "" ? null : readOffer(text, placeOf(wallet), task.id);
  const fault =
    typeof offer === "string" ? offer : offer === null ? undefined : faultOfPrice(offer.bid.price, task);
  const ready = offer !== null && typeof offer !== "string" && fault === undefined;
  return (
    <>
      <Field label="The agent's offer" hint="The text that the agent gave you." fault={fault}>
        {(tied) => (
          <textarea
            {...tied}
            className="hash"
            rows={4}
            value={text}
            spellCheck={false}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      {ready && (
        <Facts
          items={[
            ["Worker", <Agent id={Number(offer.bid.agentId)} />],
            ["Price", <Money units={Number(offer.bid.price)} unit />],
            ["Promises to deliver in", <Span seconds={Number(offer.bid.promised)} />],
            ["Can be accepted until", <Time at={Number(offer.bid.validUntil)} full />],
          ]}
        />
      )}
      <button type="button" className="primary" disabled={busy || !ready} onClick={() => ready && act(offer)}>
        {ready ? `Award it to agent ${offer.bid.agentId}` : "Award it"}
      </button>
    </>
  );
}

function faultOfPrice(price: bigint, { reserve }: TaskDetail): string | undefined {
  if (price > 0n && price <= BigInt(reserve)) return undefined;
  return `The price must be from 0.000001 to the reserve of ${credits(BigInt(reserve))}.`;
}

// The contract keeps a promise in four bytes.
const LONGEST_PROMISE = 2 ** 32 - 1;

interface Written {
  agent: string;
  price: string;
  promised: string;
}

/** What is wrong with what was written, by its field; nothing of what is well. */
function faultsOf({ agent, price, promised }: Written, task: TaskDetail): Partial<Written> {
  const units = parseCredits(price);
  const found = {
    agent: faultOfWhole(agent, 1, 999_999_999, "an agent's number"),
    price: typeof units === "string" ? units : faultOfPrice(units, task),
    promised: faultOfWhole(promised, 1, LONGEST_PROMISE, "seconds"),
  };
  return Object.fromEntries(
    Object.entries(found).filter(([, fault]) => fault !== null && fault !== undefined),
  );
}

/** The offer of what was written without faults; asks for a signature where the account may bid for the agent. */
async function offerOf(wallet: Wallet, task: TaskDetail, written: Written, tell: Tell): Promise<Offer> {
  const { reader, market, connected } = wallet;
  if (reader === null || connected === null) throw new Error("Connect an account first.");
  const agentId = BigInt(written.agent);
  const registry = { address: market.registry, abi: agentRegistryAbi } as const;
  const args = [agentId, connected.address] as const;
  const [allowed] = await reader.readContract({ ...registry, functionName: "bidderOf", args });
  if (!allowed) throw new Error(`This account may not bid for agent ${agentId}, or the agent is inactive.`);
  tell({ kind: "working", text: "Waiting for the signature of the offer …" });
  return await signOffer(await wallet.client(), connected.address, placeOf(wallet), {
    taskId: BigInt(task.id),
    agentId,
    price: BigInt(parseCredits(written.price)),
    promised: BigInt(written.promised),
    validUntil: BigInt(task.bidding_end),
    nonce: drawNonce(),
  });
}

/** What somebody who acts for an agent offers, and the signed text to hand over. */
export function OfferForm({ wallet, task }: FormProps) {
  const [written, write] = useState<Written>({ agent: "", price: "", promised: `${task.delivery_window}` });
  const [offer, setOffer] = useState<Offer | null>(null);
  const [sending, begin] = useSending();
  const faults = faultsOf(written, task);
  const entry = (name: keyof Written, label: string, hint: string) => (
    <Field label={label} hint={hint} fault={written[name] === "" ? undefined : faults[name]}>
      {(tied) => (
        <input
          {...tied}
          inputMode="decimal"
          value={written[name]}
          onChange={(event) => {
            write({ ...written, [name]: event.target.value });
            setOffer(null);
          }}
        />
      )}
    </Field>
  );
  const sign = (): void =>
    void begin(async (tell) => {
      setOffer(await offerOf(wallet, task, written, tell));
      return "The offer is signed. Give its text to the requester; until it is accepted, nothing is locked.";
    });
  const ready = Object.keys(faults).length === 0 && !isBusy(sending);
  return (
    <>
      <div className="columns">
        {entry("agent", "Agent", "Its number.")}
        {entry("price", "Price, in credits", "What the task pays it.")}
        {entry("promised", "Promise, in seconds", "From the award.")}
      </div>
      <button type="button" className="primary" disabled={!ready} onClick={sign}>
        Sign the offer
      </button>
      <SendingNote sending={sending} />
      {offer !== null && <OfferText text={writeOffer(placeOf(wallet), offer)} />}
    </>
  );
}

function OfferText({ text }: { text: string }) {
  return (
    <div className="offer">
      <code>{text}</code>
      <Copy text={text} />
    </div>
  );
}
