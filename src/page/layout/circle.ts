export interface Point {
  readonly x: number;
  readonly y: number;
}

/** Places on a circle, the first at the top, clockwise. */
export function onCircle(count: number, center: Point, radius: number): Point[] {
  return Array.from({ length: count }, (_, index) => {
    const angle = (index / count) * 2 * Math.PI - Math.PI / 2;
    return { x: center.x + radius * Math.cos(angle), y: center.y + radius * Math.sin(angle) };
  });
}

/** An arc between two nodes that keeps clear of their circles; bent, so that there and back do not lie on each other. */
export function arcBetween(
  from: Point,
  to: Point,
  gap: number,
): { start: Point; control: Point; end: Point } {
  const [dx, dy] = [to.x - from.x, to.y - from.y];
  const length = Math.hypot(dx, dy) || 1;
  const control = {
    x: (from.x + to.x) / 2 - (dy / length) * 26,
    y: (from.y + to.y) / 2 + (dx / length) * 26,
  };
  return { start: towards(from, control, gap), control, end: towards(to, control, gap + 4) };
}

function towards(from: Point, to: Point, by: number): Point {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return {
    x: from.x + ((to.x - from.x) / length) * by,
    y: from.y + ((to.y - from.y) / length) * by,
  };
}
