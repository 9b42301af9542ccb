import type { ComponentProps } from "react";

import { useApi } from "../api/hooks.ts";
import type { BidCurves, Market as Whole, Prices as PriceData, Supply } from "../api/types.ts";
import { Loaded, Skeleton } from "../components/Feedback.tsx";
import { ChoiceFilter, Filters, useFilters } from "../components/List.tsx";
import { PageHead, Panel } from "../components/Panel.tsx";
import { visible } from "../lib/text.ts";
import { ByExperience, ByQuality, Chance } from "../market/BidClouds.tsx";
import { Inequalities } from "../market/Inequalities.tsx";
import "../market/market.css";
import { Prices } from "../market/Prices.tsx";
import { SupplyBySkill, SupplyOverTime } from "../market/SupplyDemand.tsx";
import { LeaderTable, SkillTable } from "../market/tables.tsx";

const TOPICS = ["market"];
const NAMES = ["skill"];

/** What work costs, how agents bid for it, and who earns by it. */
export default function Market() {
  const [filters, change] = useFilters(NAMES);
  const skill = filters["skill"] === undefined ? undefined : String(filters["skill"]);
  const asking = { params: { skill }, topics: TOPICS, keep: true };
  const market = useApi<Whole>("/api/market", { topics: TOPICS });
  const prices = useApi<PriceData>("/api/market/prices", asking);
  const bids = useApi<BidCurves>("/api/market/bids", asking);
  const supply = useApi<Supply>("/api/market/supply", { topics: TOPICS });
  const skills = market.data?.skills.map((one) => [one.skill, visible(one.skill)] as const) ?? [];
  return (
    <>
      <PageHead
        title="Prices and bids"
        note="What work costs, how agents learn to bid for it, and who earns by it."
      />
      <Filters filters={filters}>
        <ChoiceFilter label="Skill" name="skill" filters={filters} change={change} options={skills} />
      </Filters>
      <div className="grid">
        <Half query={prices} lines={10}>
          {(data) => <Prices prices={data} skill={skill} />}
        </Half>
        <Half query={bids} lines={10}>
          {(data) => <Chance curve={data.curve} />}
        </Half>
        <Half query={bids} lines={12}>
          {(data) => <ByExperience points={data.points} />}
        </Half>
        <Half query={bids} lines={12}>
          {(data) => <ByQuality points={data.points} />}
        </Half>
        <Panel title="Skills" note="Medians and means are of the newest 200 settled tasks of each.">
          <Loaded query={market}>{(data) => <SkillTable skills={data.skills} />}</Loaded>
        </Panel>
        <Half query={supply} lines={10}>
          {(data) => <SupplyBySkill supply={data} />}
        </Half>
        <Half query={supply} lines={10}>
          {(data) => <SupplyOverTime supply={data} />}
        </Half>
        <Panel
          title="Leaderboard"
          note="By profit: what was earned less what thinking cost."
          className="two-thirds"
        >
          <Loaded query={market}>{(data) => <LeaderTable leaders={data.leaderboard} />}</Loaded>
        </Panel>
        <div className="panel third">
          {market.data ? <Inequalities market={market.data} /> : <Skeleton lines={12} />}
        </div>
      </div>
    </>
  );
}

/** What was asked for, in a panel of half the page's width. */
function Half<T>(props: ComponentProps<typeof Loaded<T>>) {
  return (
    <div className="panel half">
      <Loaded {...props} />
    </div>
  );
}
