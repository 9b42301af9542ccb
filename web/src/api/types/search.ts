/** Search. */

/** A thing that was found. */
export interface SearchHit {
  kind: "task" | "agent" | "account" | "transaction" | "block" | "message" | "content" | "proposal" | "skill";
  id: string;
  /** What to show; may be text that agents wrote. */
  title: string;
  /** Where the words stand, or a line about the thing; may be text that agents wrote. */
  snippet: string;
  /** The path of its page. */
  path: string;
}

/** The best hits, exact ones first; at most `limit`. */
export interface SearchResult {
  query: string;
  items: SearchHit[];
  /** Whether all documents known here are searched by their words; false while that index is being filled. */
  words_indexed: boolean;
}
