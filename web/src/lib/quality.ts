/** The quality of an agent that nothing can be said against, in the chain's numbers; a newcomer has half of it. */
export const FULL_QUALITY = 10_000;

/** Quality as a part of one: what a price is divided by. */
export function formatQuality(quality: number): string {
  return (quality / FULL_QUALITY).toFixed(quality % 10 === 0 ? 3 : 4);
}
