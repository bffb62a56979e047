/** `@types/seedrandom` declares only the whole package; this is its one file that we load (no `crypto` behind it). */
declare module 'seedrandom/lib/alea.js' {
  /** Johannes Baagøe's Alea: a function giving multiples of 2^-32 in [0, 1). */
  export default function alea(seed: string): () => number;
}
