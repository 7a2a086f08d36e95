using System.Runtime.InteropServices;

namespace WunderProxy.Forwarding.Exchanges.Compression;

/// <summary>
/// The C library's heap, in which encoders have their state. Brotli takes about a mebibyte for each body and frees it
/// at the end; glibc would hand it back to the kernel, and the next body would fault every page in again: that is more
/// than half of the time that a page of 100 KiB takes.
/// </summary>
internal static partial class NativeHeap
{
    // Parameters of mallopt(3). Setting one of them also ends the rule by which glibc adapts both.
    private const int TrimThreshold = -1;
    private const int MmapThreshold = -3;
    private const int KeptBytes = 16 * 1024 * 1024;
    private const int LargestKeptBytes = 4 * 1024 * 1024;

    private static int _isSet;

    /// <summary>
    /// Makes the heap keep up to 16 MiB of freed memory for each arena. Only the first call does so; a C library
    /// without these settings is left as it is.
    /// </summary>
    public static void KeepFreed()
    {
        if (Volatile.Read(ref _isSet) != 0 || Interlocked.Exchange(ref _isSet, 1) != 0)
        {
            return;
        }

        try
        {
            _ = SetOption(MmapThreshold, LargestKeptBytes);
            _ = SetOption(TrimThreshold, KeptBytes);
        }
        catch (Exception exception) when (exception is EntryPointNotFoundException or DllNotFoundException)
        {
            // Compression works without, and takes longer.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int parameter, int value);
}
