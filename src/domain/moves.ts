// How a table of moves is read. Pure: an event that makes no sense in a state throws, never passes silently.
import { IllegalMove } from "./errors.ts";

export type Moves<State extends string, Event extends string> = Readonly<
  Record<State, Readonly<Partial<Record<Event, State>>>>
>;

/** Makes the function that answers "the state after `event`" for one table, or throws IllegalMove. */
export function mover<State extends string, Event extends string>(what: string, moves: Moves<State, Event>) {
  return (state: State, event: Event): State => {
    const next = Object.hasOwn(moves[state], event) ? moves[state][event] : undefined;
    if (!next) throw new IllegalMove(what, state, event);
    return next;
  };
}

/** Every state from which `event` may happen; SQL repeats it as its guard. */
export function statesBefore<State extends string, Event extends string>(
  moves: Moves<State, Event>,
  event: Event,
): State[] {
  return (Object.keys(moves) as State[]).filter((state) => moves[state][event] !== undefined);
}
