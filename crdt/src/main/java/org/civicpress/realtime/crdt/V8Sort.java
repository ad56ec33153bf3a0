package org.civicpress.realtime.crdt;

import java.util.Arrays;
import java.util.Comparator;

/// The sort of JavaScript's arrays in V8, which makes the same comparisons in the same order: when a comparison
/// contradicts itself, the result is that of V8 too. For one that does not, this is any stable sort.
///
/// It is TimSort: runs that are in order are found and, when short, made longer by insertion, then merged two by
/// two so that their lengths stay balanced; when one of two keeps winning, the place where it stops is searched
/// for in leaps.
///
/// Source: Tim Peters, `listsort.txt`, with V8's sizes: runs of 32 to 64, leaps after 7 wins. Confined to one call.
final class V8Sort<T> {
    private static final int SHORT = 64;
    private static final int WINS = 7;

    private final T[] array;
    private final Comparator<T> order;
    private final int[] runBegin = new int[85];
    private final int[] runLength = new int[85];
    private int runs;
    private int winsToLeap = WINS;

    private V8Sort(T[] array, Comparator<T> order) {
        this.array = array;
        this.order = order;
    }

    /// Sorts the first `size` elements.
    static <T> void sort(T[] array, int size, Comparator<T> order) {
        if (size > 1) {
            new V8Sort<>(array, order).sort(size);
        }
    }

    private void sort(int size) {
        int least = leastRun(size);
        for (int begin = 0; begin < size; ) {
            int length = naturalRun(begin, size);
            if (length < least) {
                int longer = Math.min(least, size - begin);
                insert(begin, begin + length, begin + longer);
                length = longer;
            }
            runBegin[runs] = begin;
            runLength[runs++] = length;
            balance();
            begin += length;
        }
        while (runs > 1) {
            int at = runs - 2;
            merge(at > 0 && runLength[at - 1] < runLength[at + 1] ? at - 1 : at);
        }
    }

    private static int leastRun(int size) {
        int rest = size;
        int odd = 0;
        while (rest >= SHORT) {
            odd |= rest & 1;
            rest >>= 1;
        }
        return rest + odd;
    }

    private boolean isBefore(T a, T b) {
        return order.compare(a, b) < 0;
    }

    /// How many from `begin` on are in order; those in strictly reverse order are turned.
    private int naturalRun(int begin, int end) {
        if (begin + 1 == end) {
            return 1;
        }
        boolean descending = isBefore(array[begin + 1], array[begin]);
        int next = begin + 2;
        while (next < end && isBefore(array[next], array[next - 1]) == descending) {
            next++;
        }
        if (descending) {
            for (int low = begin, high = next - 1; low < high; low++, high--) {
                T element = array[low];
                array[low] = array[high];
                array[high] = element;
            }
        }
        return next - begin;
    }

    /// Puts those from `next` to `end` into the run that begins before them.
    private void insert(int begin, int next, int end) {
        for (int i = next; i < end; i++) {
            T element = array[i];
            int low = begin;
            int high = i;
            while (low < high) {
                int middle = low + high >>> 1;
                if (isBefore(element, array[middle])) {
                    high = middle;
                } else {
                    low = middle + 1;
                }
            }
            System.arraycopy(array, low, array, low + 1, i - low);
            array[low] = element;
        }
    }

    /// Merges until each run is longer than the one after it, and than the two after it together.
    private void balance() {
        while (runs > 1) {
            int at = runs - 2;
            if (isUnbalanced(at + 1) || isUnbalanced(at)) {
                merge(runLength[at - 1] < runLength[at + 1] ? at - 1 : at);
            } else if (runLength[at] <= runLength[at + 1]) {
                merge(at);
            } else {
                return;
            }
        }
    }

    private boolean isUnbalanced(int run) {
        return run >= 2 && runLength[run - 2] <= runLength[run - 1] + runLength[run];
    }

    /// Makes one of a run and the run after it.
    private void merge(int run) {
        int left = runBegin[run];
        int leftLength = runLength[run];
        int right = runBegin[run + 1];
        int rightLength = runLength[run + 1];
        runLength[run] = leftLength + rightLength;
        if (run == runs - 3) {
            runBegin[run + 1] = runBegin[run + 2];
            runLength[run + 1] = runLength[run + 2];
        }
        runs--;
        int inPlace = after(array[right], array, left, leftLength, 0);
        left += inPlace;
        leftLength -= inPlace;
        if (leftLength == 0) {
            return;
        }
        rightLength = before(array[left + leftLength - 1], array, right, rightLength, rightLength - 1);
        if (rightLength == 0) {
            return;
        }
        if (leftLength <= rightLength) {
            mergeForward(left, leftLength, right, rightLength);
        } else {
            mergeBackward(left, leftLength, right, rightLength);
        }
    }

    /// How many of a run are before an element, found in leaps from one of them.
    private int before(T element, T[] from, int begin, int length, int hint) {
        int last = 0;
        int leap = 1;
        int low;
        int high;
        if (isBefore(from[begin + hint], element)) {
            int most = length - hint;
            while (leap < most && isBefore(from[begin + hint + leap], element)) {
                last = leap;
                leap = 2 * leap + 1;
            }
            low = hint + last;
            high = hint + Math.min(leap, most);
        } else {
            int most = hint + 1;
            while (leap < most && !isBefore(from[begin + hint - leap], element)) {
                last = leap;
                leap = 2 * leap + 1;
            }
            low = hint - Math.min(leap, most);
            high = hint - last;
        }
        low++;
        while (low < high) {
            int middle = low + high >>> 1;
            if (isBefore(from[begin + middle], element)) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return high;
    }

    /// How many of a run are not after an element, found in leaps from one of them.
    private int after(T element, T[] from, int begin, int length, int hint) {
        int last = 0;
        int leap = 1;
        int low;
        int high;
        if (isBefore(element, from[begin + hint])) {
            int most = hint + 1;
            while (leap < most && isBefore(element, from[begin + hint - leap])) {
                last = leap;
                leap = 2 * leap + 1;
            }
            low = hint - Math.min(leap, most);
            high = hint - last;
        } else {
            int most = length - hint;
            while (leap < most && !isBefore(element, from[begin + hint + leap])) {
                last = leap;
                leap = 2 * leap + 1;
            }
            low = hint + last;
            high = hint + Math.min(leap, most);
        }
        low++;
        while (low < high) {
            int middle = low + high >>> 1;
            if (isBefore(element, from[begin + middle])) {
                high = middle;
            } else {
                low = middle + 1;
            }
        }
        return high;
    }

    private void mergeForward(int left, int leftLength, int right, int rightLength) {
        T[] aside = Arrays.copyOfRange(array, left, left + leftLength);
        int a = 0;
        int aLeft = leftLength;
        int b = right;
        int bLeft = rightLength;
        int to = left;
        array[to++] = array[b++];
        bLeft--;
        merging:
        while (bLeft > 0 && aLeft > 1) {
            int aWins = 0;
            int bWins = 0;
            while (aWins < winsToLeap && bWins < winsToLeap) {
                if (isBefore(array[b], aside[a])) {
                    array[to++] = array[b++];
                    bWins++;
                    aWins = 0;
                    if (--bLeft == 0) {
                        break merging;
                    }
                } else {
                    array[to++] = aside[a++];
                    aWins++;
                    bWins = 0;
                    if (--aLeft == 1) {
                        break merging;
                    }
                }
            }
            winsToLeap++;
            do {
                winsToLeap = Math.max(1, winsToLeap - 1);
                aWins = after(array[b], aside, a, aLeft, 0);
                System.arraycopy(aside, a, array, to, aWins);
                to += aWins;
                a += aWins;
                aLeft -= aWins;
                if (aWins > 0 && aLeft <= 1) {
                    break merging;
                }
                array[to++] = array[b++];
                if (--bLeft == 0) {
                    break merging;
                }
                bWins = before(aside[a], array, b, bLeft, 0);
                System.arraycopy(array, b, array, to, bWins);
                to += bWins;
                b += bWins;
                bLeft -= bWins;
                if (bLeft == 0) {
                    break merging;
                }
                array[to++] = aside[a++];
                if (--aLeft == 1) {
                    break merging;
                }
            } while (aWins >= WINS || bWins >= WINS);
            winsToLeap++;
        }
        if (bLeft > 0 && aLeft > 0) { // the last of the left run is the last of all
            System.arraycopy(array, b, array, to, bLeft);
            to += bLeft;
        }
        System.arraycopy(aside, a, array, to, aLeft);
    }

    private void mergeBackward(int left, int leftLength, int right, int rightLength) {
        T[] aside = Arrays.copyOfRange(array, right, right + rightLength);
        int a = left + leftLength - 1;
        int aLeft = leftLength;
        int b = rightLength - 1;
        int bLeft = rightLength;
        int to = right + rightLength - 1;
        array[to--] = array[a--];
        aLeft--;
        merging:
        while (aLeft > 0 && bLeft > 1) {
            int aWins = 0;
            int bWins = 0;
            while (aWins < winsToLeap && bWins < winsToLeap) {
                if (isBefore(aside[b], array[a])) {
                    array[to--] = array[a--];
                    aWins++;
                    bWins = 0;
                    if (--aLeft == 0) {
                        break merging;
                    }
                } else {
                    array[to--] = aside[b--];
                    bWins++;
                    aWins = 0;
                    if (--bLeft == 1) {
                        break merging;
                    }
                }
            }
            winsToLeap++;
            do {
                winsToLeap = Math.max(1, winsToLeap - 1);
                aWins = aLeft - after(aside[b], array, left, aLeft, aLeft - 1);
                to -= aWins;
                a -= aWins;
                aLeft -= aWins;
                System.arraycopy(array, a + 1, array, to + 1, aWins);
                if (aLeft == 0) {
                    break merging;
                }
                array[to--] = aside[b--];
                if (--bLeft == 1) {
                    break merging;
                }
                bWins = bLeft - before(array[a], aside, 0, bLeft, bLeft - 1);
                to -= bWins;
                b -= bWins;
                bLeft -= bWins;
                System.arraycopy(aside, b + 1, array, to + 1, bWins);
                if (bWins > 0 && bLeft <= 1) {
                    break merging;
                }
                array[to--] = array[a--];
                if (--aLeft == 0) {
                    break merging;
                }
            } while (aWins >= WINS || bWins >= WINS);
            winsToLeap++;
        }
        if (aLeft > 0 && bLeft > 0) { // the first of the right run is the first of all
            to -= aLeft;
            System.arraycopy(array, left, array, to + 1, aLeft);
        }
        System.arraycopy(aside, 0, array, to - bLeft + 1, bLeft);
    }
}
