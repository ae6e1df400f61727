// Named points at which a test can make this process die, stop, fail or wait. Unarmed, passing one costs a look at a variable.
let hit: ((name: string) => void) | null = null;

export function failpoint(name: string): void {
  hit?.(name);
}

export function armFailpoints(act: (name: string) => void): void {
  hit = act;
}
