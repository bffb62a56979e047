import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

import { chromium, type BrowserContext, type Page } from 'playwright-core';

const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

export interface PageOptions {
  readonly hash?: string;
  readonly width?: number;
  readonly height?: number;
  readonly dark?: boolean;
  readonly reducedMotion?: boolean;
  readonly forcedColors?: boolean;
  readonly scale?: number;
  /** The page's timers obey `page.clock`, so that a test can let time pass without waiting for it. */
  readonly clock?: boolean;
  /** Runs in the page before anything else. */
  readonly init?: () => void;
}

/** A page with what went wrong in it and what it asked the network for. */
export interface OpenPage {
  readonly page: Page;
  readonly errors: readonly string[];
  /** URLs, without the file itself. */
  readonly requests: readonly string[];
}

/** One Chromium with a profile of its own; pages open files by their `file:` URL, as a double click does. */
export class Browser {
  readonly #folder: string;
  readonly #contexts: BrowserContext[] = [];

  constructor() {
    if (!existsSync(CHROMIUM))
      throw new Error(
        `${CHROMIUM} is missing: apt-get install chromium, or name one with CHROMIUM=`,
      );
    this.#folder = mkdtempSync(join(tmpdir(), 'splitbrain-browser-'));
  }

  async open(file: string, options: PageOptions = {}): Promise<OpenPage> {
    const profile = mkdtempSync(join(this.#folder, 'profile-'));
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: CHROMIUM,
      headless: true,
      args: FLAGS,
      viewport: { width: options.width ?? 1280, height: options.height ?? 800 },
      colorScheme: options.dark === true ? 'dark' : 'light',
      reducedMotion: options.reducedMotion === true ? 'reduce' : 'no-preference',
      forcedColors: options.forcedColors === true ? 'active' : 'none',
      deviceScaleFactor: options.scale ?? 1,
    });
    this.#contexts.push(context);
    const page = await context.newPage();
    const url = pathToFileURL(file).href;
    const errors: string[] = [];
    const requests: string[] = [];
    page.on('pageerror', (error) => errors.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') errors.push(message.text());
    });
    page.on('request', (request) => {
      if (!request.url().startsWith(url)) requests.push(request.url());
    });
    if (options.clock === true) await page.clock.install();
    if (options.init !== undefined) await page.addInitScript(options.init);
    await page.goto(`${url}${options.hash ?? ''}`);
    await page.waitForFunction(
      () => '__r' in window || document.querySelector('.failure') !== null,
    );
    return { page, errors, requests };
  }

  async close(): Promise<void> {
    for (const context of this.#contexts) await context.close();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** Asks the page's door for tests (`window.__r`). */
export async function ask<T>(page: Page, expression: string): Promise<T> {
  return page.evaluate<T>(`window.__r.${expression}`);
}

/** Waits until the page has drawn what was asked of it: views draw with the frame after a change. */
export async function drawn(page: Page): Promise<void> {
  await page.evaluate(
    () =>
      new Promise((resolve) => {
        requestAnimationFrame(() => requestAnimationFrame(resolve));
      }),
  );
}
