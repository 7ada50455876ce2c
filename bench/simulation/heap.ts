/** Numbers, of which the least can be had at once: the events that are still to come. */
export interface Heap {
  readonly size: number;
  push(value: number): void;
  /** Takes the least away; undefined when there is none. */
  pop(): number | undefined;
  peek(): number | undefined;
}

/** An empty one: a binary heap. */
export function createHeap(): Heap {
  const values: number[] = [];
  const at = (index: number) => values[index] ?? Number.POSITIVE_INFINITY;
  const swap = (a: number, b: number) => {
    [values[a], values[b]] = [at(b), at(a)];
  };
  const sink = () => {
    for (let i = 0; ; ) {
      const [left, right] = [2 * i + 1, 2 * i + 2];
      const least = at(right) < at(left) ? right : left;
      if (at(least) >= at(i)) return;
      swap(i, least);
      i = least;
    }
  };
  return {
    get size() {
      return values.length;
    },
    peek: () => values[0],
    push(value) {
      let i = values.push(value) - 1;
      for (let up = (i - 1) >> 1; i > 0 && at(i) < at(up); up = (i - 1) >> 1) {
        swap(i, up);
        i = up;
      }
    },
    pop() {
      const [least] = values;
      const last = values.pop();
      if (values.length > 0 && last !== undefined) {
        values[0] = last;
        sink();
      }
      return least;
    },
  };
}
