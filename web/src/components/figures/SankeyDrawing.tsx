import { memo, useState } from "react";
import { ResponsiveContainer, Sankey, Tooltip, type SankeyLinkProps, type SankeyNodeProps } from "recharts";

import type { Flow } from "../../api/types.ts";
import { formatNumber, words } from "../../lib/format.ts";
import { Bubble } from "./parts.tsx";

export interface SankeyProps {
  flows: readonly Flow[];
  /** What flows, as a heading. */
  label: string;
  format?: (value: number) => string;
}

interface SankeyGraph {
  nodes: { name: string }[];
  links: { source: number; target: number; value: number }[];
}

/**
 * The flows as a graph in which nothing comes back to where it began, as the drawing needs: a flow that would close
 * a ring ends in a node of its own, with the same name.
 */
function graphOf(flows: readonly Flow[]): SankeyGraph {
  const graph: SankeyGraph = { nodes: [], links: [] };
  const at = new Map<string, number>();
  const nodeOf = (key: string, name: string): number => {
    const known = at.get(key);
    if (known !== undefined) return known;
    at.set(key, graph.nodes.length);
    return graph.nodes.push({ name }) - 1;
  };
  const reaches = (from: number, to: number): boolean =>
    from === to || graph.links.some((link) => link.source === from && reaches(link.target, to));
  for (const { source, target, value } of [...flows].sort((one, other) => other.value - one.value)) {
    if (value <= 0) continue;
    const from = nodeOf(source, source);
    const straight = nodeOf(target, target);
    const to = reaches(straight, from) ? nodeOf(`again:${target}`, target) : straight;
    graph.links.push({ source: from, target: to, value });
  }
  return graph;
}

// As an area, not as a thick line: a thick line folds where two columns are near each other.
function band(link: SankeyLinkProps): string {
  const half = Math.max(1, link.linkWidth) / 2;
  const { sourceX, sourceY, sourceControlX, targetX, targetY, targetControlX } = link;
  return (
    `M${sourceX},${sourceY - half}` +
    `C${sourceControlX},${sourceY - half} ${targetControlX},${targetY - half} ${targetX},${targetY - half}` +
    `V${targetY + half}` +
    `C${targetControlX},${targetY + half} ${sourceControlX},${sourceY + half} ${sourceX},${sourceY + half}Z`
  );
}

// Under this many pixels there is only room for names.
const NARROW = 560;
// Pixels of a letter of a label, on the wide side.
const LETTER = 6.8;
const FIGURE = 10;

/** See SankeyFigure. Each flow carries `data-source`, `data-target` and `data-value`. */
export default memo(function SankeyDrawing({ flows, label, format }: SankeyProps) {
  const [narrow, setNarrow] = useState(false);
  const graph = graphOf(flows);
  const sources = new Set(graph.links.map((link) => link.source));
  const ends = graph.nodes.filter((_, at) => !sources.has(at)).map((node) => node.name.length);
  const room = 20 + LETTER * (Math.max(0, ...ends) + (narrow ? 0 : FIGURE));
  const written = (value: number): string => format?.(value) ?? formatNumber(value);
  return (
    <ResponsiveContainer width="100%" height="100%" onResize={(width) => setNarrow(width < NARROW)}>
      <Sankey
        data={graph}
        nodePadding={18}
        nodeWidth={8}
        linkCurvature={0.5}
        margin={{ top: 8, right: room, bottom: 8, left: 4 }}
        node={(node: SankeyNodeProps) => (
          <g data-node={node.payload.name} data-value={node.payload.value}>
            <rect
              x={node.x}
              y={node.y}
              width={node.width}
              height={Math.max(1, node.height)}
              fill="var(--c1)"
            />
            <text
              className="sankey-label"
              x={node.x + node.width + 6}
              y={node.y + node.height / 2}
              dominantBaseline="middle"
            >
              {words(node.payload.name)}
              {!narrow && <tspan className="sankey-figure"> {written(node.payload.value)}</tspan>}
            </text>
          </g>
        )}
        link={(link: SankeyLinkProps) => (
          <path
            className="sankey-link"
            d={band(link)}
            data-source={link.payload.source.name}
            data-target={link.payload.target.name}
            data-value={link.payload.value}
          />
        )}
      >
        <Tooltip
          isAnimationActive={false}
          content={({ active, payload }) => {
            const one = payload?.[0];
            if (!active || one === undefined) return null;
            const value = Number(one.value);
            return <Bubble head={words(String(one.name))} lines={[[label, written(value)]]} />;
          }}
        />
      </Sankey>
    </ResponsiveContainer>
  );
});
