//! A memory allocator that keeps large freed blocks for the next allocation of their size.

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

/// Smaller blocks go to the system's allocator, which keeps them itself.
const SMALLEST: usize = 1 << 15;

/// Larger blocks are returned to the system immediately.
const LARGEST: usize = 1 << 28;

/// Size classes between two powers of two: at most an eighth of a block is unused.
const STEPS: usize = 8;

const CLASSES: usize = (LARGEST.ilog2() - SMALLEST.ilog2()) as usize * STEPS + 1;

/// Alignment of every block: a cache line.
const ALIGN: usize = 64;

/// Keeps freed large blocks, by size class, for the next allocation of their size.
///
/// A tensor operation allocates megabytes and frees them soon after. The system's allocator returns such blocks to the
/// operating system, which then maps and clears new pages one by one at their first use: hundreds of megabytes for a
/// training step. The total of kept bytes is bounded. Small blocks go to the system's allocator.
///
/// ```
/// #[global_allocator]
/// static ALLOCATOR: glosser_kernels::RecyclingAllocator = glosser_kernels::RecyclingAllocator::keeping(64 << 20);
///
/// let first = vec![1u8; 1 << 20];
/// let place = first.as_ptr();
/// drop(first);
/// assert_eq!(vec![2u8; 1 << 20].as_ptr(), place);
/// ```
pub struct RecyclingAllocator {
    /// For each size class its free blocks, as a linked list: the first bytes of a block hold the address of the next.
    free: [Mutex<Free>; CLASSES],
    kept: AtomicUsize,
    most: AtomicUsize,
}

/// Address of the first free block, zero if there is none.
struct Free(usize);

impl RecyclingAllocator {
    /// Creates an allocator that keeps up to `most` free bytes.
    pub const fn keeping(most: usize) -> Self {
        Self { free: [const { Mutex::new(Free(0)) }; CLASSES], kept: AtomicUsize::new(0), most: AtomicUsize::new(most) }
    }

    /// Sets the limit of free bytes to `most`. Blocks that are already kept stay.
    pub fn keep(&self, most: usize) {
        self.most.store(most, Ordering::Relaxed);
    }
}

/// Returns the size class of a layout and the layout of its blocks; `None` where the system's allocator serves it.
fn class_of(layout: Layout) -> Option<(usize, Layout)> {
    let size = layout.size();
    if !(SMALLEST..=LARGEST).contains(&size) || layout.align() > ALIGN {
        return None;
    }
    let power = (size.ilog2() - SMALLEST.ilog2()) as usize;
    let (base, step) = (SMALLEST << power, (SMALLEST << power) / STEPS);
    let steps = (size - base).div_ceil(step);
    let block = Layout::from_size_align(base + steps * step, ALIGN).ok()?;
    Some((power * STEPS + steps, block))
}

#[expect(unsafe_code, reason = "an allocator handles raw memory")]
// SAFETY: a block is either allocated by the system for its whole class size, or removed from a list under a lock.
// `class_of` depends only on the layout, which is the same at deallocation, so a block always returns to its own list.
// Allocation never panics: no user code runs under the locks.
unsafe impl GlobalAlloc for RecyclingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let Some((class, block)) = class_of(layout) else { return unsafe { System.alloc(layout) } };
        match self.take(class, block) {
            Some(kept) => kept,
            None => unsafe { System.alloc(block) },
        }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        let Some((class, block)) = class_of(layout) else { return unsafe { System.alloc_zeroed(layout) } };
        match self.take(class, block) {
            Some(kept) => {
                unsafe { kept.write_bytes(0, layout.size()) };
                kept
            }
            None => unsafe { System.alloc_zeroed(block) },
        }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let Some((class, block)) = class_of(layout) else { return unsafe { System.dealloc(pointer, layout) } };
        if self.kept.fetch_add(block.size(), Ordering::Relaxed) + block.size() > self.most.load(Ordering::Relaxed) {
            self.kept.fetch_sub(block.size(), Ordering::Relaxed);
            return unsafe { System.dealloc(pointer, block) };
        }
        let mut free = self.free[class].lock().unwrap_or_else(PoisonError::into_inner);
        unsafe { pointer.cast::<usize>().write(free.0) };
        free.0 = pointer.expose_provenance();
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        let Ok(wanted) = Layout::from_size_align(size, layout.align()) else { return std::ptr::null_mut() };
        match (class_of(layout), class_of(wanted)) {
            (None, None) => unsafe { System.realloc(pointer, layout, size) },
            (Some((before, _)), Some((after, _))) if before == after => pointer,
            _ => {
                let moved = unsafe { self.alloc(wanted) };
                if !moved.is_null() {
                    unsafe {
                        moved.copy_from_nonoverlapping(pointer, layout.size().min(size));
                        self.dealloc(pointer, layout);
                    }
                }
                moved
            }
        }
    }
}

impl RecyclingAllocator {
    /// Removes a free block of a size class from its list; `None` if the list is empty.
    #[expect(unsafe_code, reason = "the list is stored in the free blocks")]
    fn take(&self, class: usize, block: Layout) -> Option<*mut u8> {
        let mut free = self.free[class].lock().unwrap_or_else(PoisonError::into_inner);
        if free.0 == 0 {
            return None;
        }
        let pointer = std::ptr::with_exposed_provenance_mut::<u8>(free.0);
        // SAFETY: the block is free and ours, and `dealloc` wrote the address of the next one into its first bytes.
        free.0 = unsafe { pointer.cast::<usize>().read() };
        self.kept.fetch_sub(block.size(), Ordering::Relaxed);
        Some(pointer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout(size: usize) -> Layout {
        Layout::from_size_align(size, 4).expect("a layout")
    }

    #[test]
    fn a_size_class_fits_every_size_it_serves_with_little_waste() {
        for size in (SMALLEST..SMALLEST * 70).step_by(977).chain([SMALLEST, LARGEST]) {
            let (class, block) = class_of(layout(size)).expect("a class");
            assert!(class < CLASSES && block.size() >= size && block.size() <= size + size / STEPS, "{size} {block:?}");
            assert_eq!(class_of(block), Some((class, block)), "a class serves its own size");
        }
        assert!(class_of(layout(SMALLEST - 1)).is_none() && class_of(layout(LARGEST + 1)).is_none());
    }

    #[test]
    #[expect(unsafe_code, reason = "calls an allocator")]
    fn zeroed_blocks_are_zero_and_kept_bytes_stay_below_the_limit() {
        let allocator = RecyclingAllocator::keeping(3 << 20);
        let layout = layout(1 << 20);
        // SAFETY: every block is written within its layout and freed once with the layout that it was made with.
        unsafe {
            let blocks: Vec<*mut u8> = (0..5).map(|_| allocator.alloc(layout)).collect();
            for block in &blocks {
                block.write_bytes(7, layout.size());
            }
            blocks.iter().for_each(|block| allocator.dealloc(*block, layout));
            assert_eq!(allocator.kept.load(Ordering::Relaxed), 3 << 20);
            allocator.keep(2 << 20);
            assert_eq!(allocator.kept.load(Ordering::Relaxed), 3 << 20, "kept blocks stay");
            let again = allocator.alloc_zeroed(layout);
            assert!(blocks.contains(&again));
            assert!((0..layout.size()).all(|at| again.add(at).read() == 0));
            again.write_bytes(9, layout.size());
            let grown = allocator.realloc(again, layout, 3 << 20);
            assert!((0..layout.size()).all(|at| grown.add(at).read() == 9));
            let grown_layout = Layout::from_size_align(3 << 20, 4).expect("a layout");
            let small = allocator.realloc(grown, grown_layout, 100);
            assert!((0..100).all(|at| small.add(at).read() == 9));
            allocator.dealloc(small, Layout::from_size_align(100, 4).expect("a layout"));
        }
    }
}
