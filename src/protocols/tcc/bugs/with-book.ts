import { type Effect, type ReservationBook } from '../reservation-book.ts';
import { Service } from '../service.ts';

type BookClass = new (
  balance: number,
  stock: number,
  onEffect: (gid: string, effect: Effect) => void,
) => ReservationBook;

/** A service that keeps its accounts in another kind of book. */
export function withBook(book: BookClass): typeof Service {
  return class extends Service {
    protected override createBook(
      ...parameters: ConstructorParameters<BookClass>
    ): ReservationBook {
      return new book(...parameters);
    }
  };
}
