use candle_core::{CpuStorage, Layout, Result, Tensor, bail};

/// The elements of a contiguous `f32` argument of a custom operation.
///
/// # Errors
/// If the argument is of another type, or its elements do not lie one behind the other.
pub(crate) fn slice<'a>(storage: &'a CpuStorage, layout: &Layout) -> Result<&'a [f32]> {
    let (CpuStorage::F32(data), Some((start, end))) = (storage, layout.contiguous_offsets()) else {
        bail!("a fused kernel takes contiguous f32 arguments, got {:?} {layout:?}", storage_type(storage));
    };
    Ok(&data[start..end])
}

fn storage_type(storage: &CpuStorage) -> candle_core::DType {
    use candle_core::backend::BackendStorage;
    storage.dtype()
}

/// The elements of a tensor, copied once.
pub(crate) fn elements(tensor: &Tensor) -> Result<Vec<f32>> {
    tensor.flatten_all()?.to_vec1::<f32>()
}
