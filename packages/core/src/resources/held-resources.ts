/**
 * Resources that are released together, the last first: what AsyncDisposableStack is from Node.js 24 on.
 * All are released, also where one fails; of several failures, an AggregateError has them in that order.
 */
export class HeldResources implements AsyncDisposable {
  readonly #held: AsyncDisposable[] = [];

  use<T extends AsyncDisposable>(resource: T): T {
    this.#held.push(resource);
    return resource;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const failures: unknown[] = [];
    for (let last = this.#held.pop(); last !== undefined; last = this.#held.pop()) {
      try {
        await last[Symbol.asyncDispose]();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 1) throw new AggregateError(failures, "resources were not released");
    if (failures.length === 1) throw failures[0];
  }
}
