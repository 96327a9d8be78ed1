//! New buffers that all threads fill: clearing memory on one thread costs a training step several milliseconds.

use rayon::prelude::*;

/// Elements that one task fills. Below this, starting a task costs more than the work.
const CHUNK: usize = 1 << 15;

/// Returns `[count]` zeros.
pub(crate) fn zeros(count: usize) -> Vec<f32> {
    if count <= CHUNK { vec![0.0; count] } else { chunks(count, CHUNK, |_, _| ()) }
}

/// Returns `[count, width]`. `write` fills each row: it gets the row's index and its elements `[width]`, which are
/// zero.
pub(crate) fn each_row(count: usize, width: usize, write: impl Fn(usize, &mut [f32]) + Sync) -> Vec<f32> {
    chunks(count * width, width, write)
}

/// Returns `[size]` elements. `write` fills each chunk: it gets the chunk's index and its elements `[width]`, which are
/// zero. The last chunk may be shorter.
#[expect(unsafe_code, reason = "threads fill memory that the vector does not count as filled yet")]
pub(crate) fn chunks(size: usize, width: usize, write: impl Fn(usize, &mut [f32]) + Sync) -> Vec<f32> {
    let mut all = Vec::with_capacity(size);
    if size > 0 {
        let room = &mut all.spare_capacity_mut()[..size];
        room.par_chunks_mut(width).enumerate().with_min_len((CHUNK / width).max(1)).for_each(|(chunk, room)| {
            for x in room.iter_mut() {
                x.write(0.0);
            }
            let (start, len) = (room.as_mut_ptr(), room.len());
            // SAFETY: all `len` elements have just been written, `MaybeUninit<f32>` has the layout of `f32`, and the
            // chunks of a slice do not overlap.
            write(chunk, unsafe { std::slice::from_raw_parts_mut(start.cast::<f32>(), len) });
        });
        // SAFETY: the capacity is at least `size`, and the chunks above have filled that many elements.
        unsafe { all.set_len(size) };
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_is_written_once_and_starts_at_zero() {
        for count in [0, 1, CHUNK, CHUNK + 1, 3 * CHUNK - 1] {
            let zeros = zeros(count);
            assert!(zeros.len() == count && zeros.iter().all(|x| *x == 0.0));
        }
        for (count, width) in [(0, 3), (1, 1), (5, 7), (1000, 100)] {
            let numbered = each_row(count, width, |row, out| {
                assert!(out.len() == width && out.iter().all(|x| *x == 0.0));
                out.iter_mut().enumerate().for_each(|(col, x)| *x = (row * width + col) as f32);
            });
            assert!(numbered.len() == count * width && numbered.iter().enumerate().all(|(at, x)| *x == at as f32));
        }
    }
}
