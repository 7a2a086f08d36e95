using System.ComponentModel;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using WunderProxy.Forwarding.Diagnostics;

namespace WunderProxy.Hosting;

/// <summary>
/// Writes the access log to standard output. If the reader has gone away, serving goes on, and the access-log writer
/// counts the lost lines. The file is written by write(2): the runtime's console stream ignores a closed pipe, and its
/// file streams write at positions of their own, over the output of other processes.
/// </summary>
/// <param name="descriptor">The descriptor to write to; standard output except in tests.</param>
internal sealed partial class StandardOutputLog(SafeHandle? descriptor = null) : IAccessLogSink
{
    private const int Interrupted = 4;
    private const int TryAgain = 11;
    private const short Writable = 4;
    private const int ForEver = -1;

    private readonly SafeHandle _output = descriptor ?? new SafeFileHandle(StandardStream.Output, ownsHandle: false);
    private readonly bool _isGiven = descriptor is not null || StandardStream.IsGiven(StandardStream.Output);

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<byte> lines)
    {
        if (!_isGiven)
        {
            throw new IOException("standard output: it was closed when the program began");
        }

        while (!lines.IsEmpty)
        {
            var written = Write(_output, lines, lines.Length);
            if (written >= 0)
            {
                lines = lines[(int)written..];
            }
            else
            {
                WaitOrThrow(Marshal.GetLastPInvokeError());
            }
        }
    }

    private void WaitOrThrow(int error)
    {
        if (error == TryAgain)
        {
            // Another process has made the pipe non-blocking.
            var wanted = new PollRequest { Descriptor = (int)_output.DangerousGetHandle(), Events = Writable };
            _ = Poll(ref wanted, 1, ForEver);
        }
        else if (error != Interrupted)
        {
            throw new IOException($"standard output: {new Win32Exception(error).Message}");
        }
    }

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    private static partial nint Write(SafeHandle descriptor, ReadOnlySpan<byte> bytes, nint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    private static partial int Poll(ref PollRequest request, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollRequest
    {
        public int Descriptor;
        public short Events;
        public short Returned;
    }
}
