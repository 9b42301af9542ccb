import { useQuery } from "@tanstack/react-query";
import { bytesToHex, type Abi, type Hex, type PublicClient } from "viem";

import type { TaskDetail } from "../api/types.ts";
import { Account } from "../components/Account.tsx";
import { Panel } from "../components/Panel.tsx";
import { Time, useNow } from "../components/Time.tsx";
import { visible } from "../lib/text.ts";
import { agentRegistryAbi, bidAuctionAbi, raceBoardAbi, taskManagerAbi } from "./abi.ts";
import type { Market } from "./chain.ts";
import { Choice, Disconnect, Elsewhere } from "./Connect.tsx";
import { AcceptForm, OfferForm } from "./OfferForms.tsx";
import { send, type ContractCall } from "./send.ts";
import { SendingNote } from "./SendingNote.tsx";
import { DisputeForm, ScoreForm, SecretNote, UnsealForm } from "./StepForms.tsx";
import { isRequester, stepsOf, type Actor, type RaceStanding, type Step } from "./steps.ts";
import { isBusy, useSending } from "./useSending.ts";
import { useWallet, type Wallet } from "./useWallet.ts";
import { WalletProvider } from "./WalletProvider.tsx";

/** What the connected account may do about a task. */
export default function TaskActions({ task }: { task: TaskDetail }) {
  return (
    <WalletProvider>
      <Steps task={task} />
    </WalletProvider>
  );
}

function Steps({ task }: { task: TaskDetail }) {
  const wallet = useWallet();
  const [sending, begin] = useSending();
  const actor = useActor(wallet, task);
  const { connected } = wallet;
  // The last step's outcome is still told when the task has ended by it.
  if (task.ended_time !== null && sending.kind === "idle") return null;
  const take = (step: Step, values: readonly unknown[], done = step.done): void =>
    void begin(async (tell) => {
      const { reader } = wallet;
      if (reader === null || connected === null) throw new Error("Connect an account first.");
      await send(await wallet.client(), reader, connected.address, callOf(wallet, task, step, values), tell);
      return done;
    });
  return (
    <Panel title="What you can do" className="task-actions">
      {connected === null && <Choice />}
      {connected !== null && (
        <p className="muted acting">
          As <Account account={connected.address} />, with {visible(connected.name)}. <Disconnect />
        </p>
      )}
      {connected?.elsewhere && <Elsewhere wallet={wallet} />}
      {connected !== null && !connected.elsewhere && actor !== undefined && (
        <StepList wallet={wallet} task={task} actor={actor} busy={isBusy(sending)} take={take} />
      )}
      <SendingNote sending={sending} />
    </Panel>
  );
}

/** What the connected account is to the task; undefined until it is known. */
function useActor({ reader, market, connected }: Wallet, task: TaskDetail): Actor | undefined {
  const address = connected?.address;
  return useQuery({
    queryKey: ["actor", market.tasks, task.id, address, task.agent, task.state],
    queryFn: async (): Promise<Actor> => {
      if (reader === null || address === undefined) throw new Error("nobody is connected");
      const registry = { address: market.registry, abi: agentRegistryAbi, functionName: "canAct" } as const;
      const canAct = async (agent: bigint): Promise<boolean> =>
        agent !== 0n && (await reader.readContract({ ...registry, args: [agent, address] }));
      const auction = { address: market.auction, abi: bidAuctionAbi } as const;
      const next =
        task.state === "Defaulted"
          ? await reader.readContract({ ...auction, functionName: "runnerUpOf", args: [BigInt(task.id)] })
          : 0n;
      const [worker, successor, race] = await Promise.all([
        canAct(BigInt(task.agent ?? 0)),
        canAct(next),
        task.mode === "Race" && task.state === "Open" ? readRace(reader, market, BigInt(task.id)) : null,
      ]);
      return { address, worker, runnerUp: successor ? Number(next) : 0, race };
    },
    enabled: reader !== null && address !== undefined,
    meta: { topics: [`task:${task.id}`] },
  }).data;
}

async function readRace(reader: PublicClient, market: Market, task: bigint): Promise<RaceStanding> {
  const board = { address: market.race, abi: raceBoardAbi } as const;
  const race = await reader.readContract({ ...board, functionName: "getRace", args: [task] });
  const entry = await reader.readContract({ ...board, functionName: "getEntry", args: [task, race.head] });
  const { deadline, unsealed } = race;
  return { head: Number(race.head), deadline, unsealed, convened: entry.stage === CONVENED };
}

// The contract's number of the stage.
const CONVENED = 3;

interface StepListProps {
  wallet: Wallet;
  task: TaskDetail;
  actor: Actor;
  busy: boolean;
  take: (step: Step, values: readonly unknown[], done?: string) => void;
}

function StepList({ wallet, task, actor, busy, take }: StepListProps) {
  const now = useNow();
  const steps = stepsOf(task, actor);
  const open = steps.filter((step) => isOpen(step, now));
  const later = steps.filter((step) => step.from !== null && now < step.from);
  const chain = wallet.status.chain_id;
  return (
    <>
      {open.length === 0 && (
        <p className="muted">There is nothing for this account to do about the task now.</p>
      )}
      {open.map((step) => (
        <section key={step.name} className="step" data-step={step.name}>
          <h3>{step.label}</h3>
          {step.name !== "evaluate" && <p>{step.preview}</p>}
          {step.until !== null && (
            <p className="muted">
              Until <Time at={step.until} full />, <Time at={step.until} />.
            </p>
          )}
          <StepForm step={step} task={task} wallet={wallet} busy={busy} take={take} />
        </section>
      ))}
      {later.map((step) => (
        <p key={step.name} className="muted">
          {step.label}: anyone may, from <Time at={step.from} full /> on.
        </p>
      ))}
      {isRequester(task, actor) && needsSecret(task) && <SecretNote task={task} chain={chain} />}
    </>
  );
}

const isOpen = ({ from, until }: Step, now: number): boolean =>
  (from === null || now >= from) && (until === null || now < until);

/** Whether a panel can still be drawn from the secret: none is where a contract judges a race. */
const needsSecret = ({ ended_time, mode, evaluated_by }: TaskDetail): boolean =>
  ended_time === null && (mode !== "Race" || evaluated_by === "pool");

interface StepFormProps extends Omit<StepListProps, "actor"> {
  step: Step;
}

function StepForm({ step, task, wallet, busy, take }: StepFormProps) {
  switch (step.name) {
    case "accept":
      return (
        <AcceptForm
          wallet={wallet}
          task={task}
          busy={busy}
          act={(offer) => take(step, [offer], `Agent ${offer.bid.agentId} has the task.`)}
        />
      );
    case "offer":
      return <OfferForm wallet={wallet} task={task} />;
    case "evaluate":
      return (
        <ScoreForm
          task={task}
          busy={busy}
          act={(score) => take(step, [BigInt(score)], `You scored the result ${score}.`)}
        />
      );
    case "dispute":
      return (
        <DisputeForm
          task={task}
          busy={busy}
          act={(work) => take(step, [fileOfTask(task), bytesToHex(work)])}
        />
      );
    case "unseal":
      return (
        <UnsealForm
          task={task}
          chain={wallet.status.chain_id}
          busy={busy}
          act={(secret) => take(step, [fileOfTask(task), secret])}
        />
      );
    default:
      return (
        <button
          type="button"
          className={step.name === "cancel" ? undefined : "primary"}
          disabled={busy}
          onClick={() => take(step, step.values)}
        >
          {step.label}
        </button>
      );
  }
}

/** The parts that the task's file binds. */
const fileOfTask = (task: TaskDetail) => ({
  specification: task.specification as Hex,
  seal: task.seal as Hex,
  result: (task.result ?? `0x${"0".repeat(64)}`) as Hex,
});

const ABIS: Record<Step["at"], Abi> = { tasks: taskManagerAbi, auction: bidAuctionAbi, race: raceBoardAbi };

function callOf(
  { market }: Wallet,
  task: TaskDetail,
  { name, at }: Step,
  values: readonly unknown[],
): ContractCall {
  // An offer names its task itself.
  const args = name === "accept" ? values : [BigInt(task.id), ...values];
  return { address: market[at], abi: ABIS[at], functionName: name, args };
}
