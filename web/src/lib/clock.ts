/** Seconds by which the rounding and the way of a block may be off. */
const SLACK = 2;

/**
 * How far the chain's time is from this machine's, by the newest blocks as they come.
 *
 * A development chain can be ahead, and is behind after its node has rested: its time goes on where it stood. A block that
 * is ahead is believed at once. One that is behind may be old, since it is read late or nothing came after it: only
 * another one that is as far behind tells that the chain's own time is.
 */
export class ChainTime {
  private ahead = 0;
  private last: { number: number; ahead: number } | null = null;

  /** The chain's time, in seconds, where this machine has `here` and the newest block is `head`. */
  at(here: number, head: { number: number; time: number } | null): number {
    if (head !== null && head.number !== this.last?.number) this.learn(head.number, head.time - here);
    return here + this.ahead;
  }

  private learn(number: number, ahead: number): void {
    const steady = this.last !== null && Math.abs(ahead - this.last.ahead) <= SLACK;
    if (ahead > this.ahead || (steady && this.ahead - ahead > SLACK)) this.ahead = ahead;
    this.last = { number, ahead };
  }
}
