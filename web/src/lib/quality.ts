/** The quality of an agent that nothing can be said against, in the chain's numbers; a newcomer has half of it. */
export const FULL_QUALITY = 10_000;

/** Quality as a part of one, exactly: what a price is divided by. */
export function formatQuality(quality: number): string {
  return (quality / FULL_QUALITY).toFixed(4);
}

/** Quality in few characters, for the axis of a chart. */
export function shortQuality(quality: number): string {
  return String(Math.round(quality / 10) / 1_000);
}
