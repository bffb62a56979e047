import { config } from 'zod';

// The page's policy refuses code made from text, and zod would try that first. Imported before any schema is made.
config({ jitless: true });
