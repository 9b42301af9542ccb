// The chain's time, which several tests share.

/**
 * Lets time pass by `pass()` as soon as all of so many parties ask for it; `sharedTime(2, pass)` gives what each of
 * two parties asks, `later()`, and what it says when it is through, `leave()`.
 */
export function sharedTime(parties, pass) {
  let [present, waiting] = [parties, []];
  const turn = async () => {
    if (waiting.length < present || present === 0) return;
    const those = waiting;
    waiting = [];
    try {
      await pass();
      for (const { resolve } of those) resolve();
    } catch (error) {
      for (const { reject } of those) reject(error);
    }
  };
  const later = () =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      void turn();
    });
  const leave = () => {
    present -= 1;
    void turn();
  };
  return { later, leave };
}
