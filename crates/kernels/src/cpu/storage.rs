//! Tensors as slices, and slices as tensors.

use candle_core::backend::BackendStorage;
use candle_core::{CpuStorage, Layout, Result, Storage, StorageRef, Tensor, bail};
use std::ops::Deref;

/// Returns the elements of an argument of a custom operation, of any shape, in row-major order.
///
/// # Errors
/// If the argument is not `f32` or not contiguous.
pub(crate) fn slice<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    let (CpuStorage::F32(data), Some((start, end))) = (storage, layout.contiguous_offsets()) else {
        bail!("a fused kernel takes contiguous f32 arguments, got {:?} {layout:?}", storage.dtype());
    };
    Ok(&data[start..end])
}

/// Returns the gradient of an argument of a custom operation: `data` in the argument's shape.
///
/// # Errors
/// If the number of elements differs.
pub(crate) fn argument_gradient(data: Vec<f32>, argument: &Tensor) -> Result<Option<Tensor>> {
    Tensor::from_vec(data, argument.shape(), argument.device()).map(Some)
}

/// The elements of a contiguous tensor, borrowed.
pub(crate) struct Elements<'a> {
    storage: StorageRef<'a>,
    layout: &'a Layout,
}

/// Borrows the elements of a tensor of any shape, in row-major order.
///
/// # Errors
/// If the tensor is not contiguous `f32` on the CPU.
pub(crate) fn elements(tensor: &Tensor) -> Result<Elements<'_>> {
    let (storage, layout) = tensor.storage_and_layout();
    match &*storage {
        Storage::Cpu(data) => slice(data, layout)?,
        _ => bail!("a fused kernel takes arguments on the CPU"),
    };
    Ok(Elements { storage, layout })
}

impl Deref for Elements<'_> {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        match &*self.storage {
            Storage::Cpu(data) => slice(data, self.layout).expect("checked by `elements`"),
            _ => unreachable!("checked by `elements`"),
        }
    }
}
