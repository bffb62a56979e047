import type { Page } from 'playwright-core';

/** Both pictures shrunk to this many cells: text becomes grey, lanes and bands stay. */
const CELLS = { width: 64, height: 40 };
/** Of 255: a line of text that has moved is less, a band that is gone is more. */
const FAR = 60;

/** How far two PNGs are apart, cell by cell: on average, and the share of cells that differ much. Decoded by the browser. */
export async function compareLooks(
  page: Page,
  kept: Buffer,
  taken: Buffer,
): Promise<{ mean: number; farShare: number }> {
  const urls = [kept, taken].map((png) => `data:image/png;base64,${png.toString('base64')}`);
  return page.evaluate(
    async ([sources, cells, far]) => {
      const cellsOf = async (source: string): Promise<number[]> => {
        const image = new Image();
        image.src = source;
        await image.decode();
        const canvas = document.createElement('canvas');
        canvas.width = cells.width;
        canvas.height = cells.height;
        const context = canvas.getContext('2d')!;
        context.imageSmoothingQuality = 'high';
        context.drawImage(image, 0, 0, cells.width, cells.height);
        const { data } = context.getImageData(0, 0, cells.width, cells.height);
        return Array.from(
          { length: cells.width * cells.height },
          (_, cell) => (data[cell * 4]! + data[cell * 4 + 1]! + data[cell * 4 + 2]!) / 3,
        );
      };
      const [a, b] = [await cellsOf(sources[0]!), await cellsOf(sources[1]!)];
      const differences = a.map((value, cell) => Math.abs(value - b[cell]!));
      return {
        mean: differences.reduce((sum, one) => sum + one, 0) / differences.length,
        farShare: differences.filter((one) => one > far).length / differences.length,
      };
    },
    [urls, CELLS, FAR] as const,
  );
}
