using System.IO.MemoryMappedFiles;
using Microsoft.Win32.SafeHandles;

namespace Muster.Storage.Membership;

/// <summary>
/// A whole file mapped for reading. Disposing it while a lease is out waits with the unmapping until the lease is given back.
/// </summary>
internal sealed unsafe class MappedBytes : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly SafeMemoryMappedViewHandle _handle;

    /// <param name="path">A file that is not empty and never changes while it is mapped.</param>
    public MappedBytes(string path)
    {
        FileStream stream = new(path, FileMode.Open, FileAccess.Read, FileShare.Read | FileShare.Delete, bufferSize: 0);
        try
        {
            Length = stream.Length;
            _file = MemoryMappedFile.CreateFromFile(
                stream, mapName: null, capacity: 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        }
        catch
        {
            stream.Dispose();
            throw;
        }
        _view = _file.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read);
        _handle = _view.SafeMemoryMappedViewHandle;
    }

    /// <summary>The number of bytes of the file.</summary>
    public long Length { get; }

    /// <summary>
    /// Keeps the file mapped until the lease is disposed; throws <see cref="ObjectDisposedException"/> when it is no longer.
    /// </summary>
    public Lease Read() => new(this);

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }

    /// <summary>The right to look at the bytes; no span may be used after it was disposed.</summary>
    public readonly ref struct Lease : IDisposable
    {
        private readonly MappedBytes _owner;
        private readonly byte* _first;

        internal Lease(MappedBytes owner)
        {
            _owner = owner;
            // A view starts at a page and this one at the start of the file, so there is no offset to add.
            owner._handle.AcquirePointer(ref _first);
        }

        /// <summary>The bytes in [offset, offset + length), which must lie within the file.</summary>
        public ReadOnlySpan<byte> Span(long offset, int length)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(offset);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(offset, _owner.Length - length);
            return new ReadOnlySpan<byte>(_first + offset, length);
        }

        public void Dispose() => _owner._handle.ReleasePointer();
    }
}
