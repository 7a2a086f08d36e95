using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using WunderProxy.Forwarding.Buffering;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport.Tasks;

namespace WunderProxy.Forwarding.Exchanges.Bodies;

/// <summary>
/// Sends a body that is held whole to the upstream: bare, or in chunks if it has trailers, which need them (RFC 9112
/// section 7.1.2).
/// </summary>
internal sealed class HeldBodySender(ExchangeWaits waits)
{
    private bool _stopRequested;
    private bool _hasWritten;

    /// <summary>Whether a body is being sent.</summary>
    public bool IsSending { get; private set; }

    /// <summary>Whether the very first write failed at once, so that no byte has gone to the upstream.</summary>
    public bool FailedAtFirstWrite { get; private set; }

    private bool IsStopped => _stopRequested || waits.IsStopped;

    /// <summary>Sends a body from its start.</summary>
    /// <param name="body">The body; not released before the sending has ended.</param>
    /// <param name="trailers">Lines of trailers with their ends; null if the body goes without chunks.</param>
    /// <param name="output">Receives the body; may already contain the head.</param>
    /// <returns>Complete, stopped, or that the upstream accepts no more.</returns>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    public async ValueTask<RelayEnd> SendAsync(RequestBuffer body, ReadOnlyMemory<byte>? trailers, PipeWriter output)
    {
        _stopRequested = false;
        FailedAtFirstWrite = false;
        _hasWritten = false;
        IsSending = true;
        try
        {
            body.Rewind();
            var end = RelayEnd.None;
            while (end == RelayEnd.None)
            {
                end = await SendNextAsync(body, trailers, output);
            }

            return end;
        }
        finally
        {
            IsSending = false;
        }
    }

    /// <summary>Makes the sending end soon, whatever it waits for.</summary>
    public void RequestStop()
    {
        _stopRequested = true;
        waits.Wake(Waits.UpstreamWrite | Waits.RequestBuffer);
    }

    /// <summary>Prepares for the next request; nothing of the previous one is kept.</summary>
    public void Reset()
    {
        _stopRequested = false;
        FailedAtFirstWrite = false;
    }

    /// <summary>Sends the next bytes, or what ends the body.</summary>
    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<RelayEnd> SendNextAsync(RequestBuffer body, ReadOnlyMemory<byte>? trailers, PipeWriter output)
    {
        if (IsStopped)
        {
            return RelayEnd.Stopped;
        }

        if (body.IsAtEnd)
        {
            WriteEnd(output, trailers);
            var ending = await WriteAsync(output, default);
            return ending == RelayEnd.None ? RelayEnd.Complete : ending;
        }

        if (!body.TryPeek(out var bytes))
        {
            if (body.IsLost)
            {
                waits.Stop(ForwardError.InternalError);
                return RelayEnd.Stopped;
            }

            await waits.WaitForWorkAsync(body);
            waits.RestartResponse();
            return RelayEnd.None;
        }

        if (trailers is not null)
        {
            WriteChunkSize(output, bytes.Length);
        }

        var end = await WriteAsync(output, bytes);
        if (trailers is not null && end == RelayEnd.None)
        {
            output.Write("\r\n"u8);
        }

        body.Advance();
        return end;
    }

    [AsyncMethodBuilder(typeof(LoopTaskMethodBuilder<>))]
    private async ValueTask<RelayEnd> WriteAsync(PipeWriter output, ReadOnlyMemory<byte> bytes)
    {
        var isFirst = !_hasWritten;
        _hasWritten = true;
        var writing = output.WriteAsync(bytes);
        var isImmediate = writing.IsCompleted;
        if (!isImmediate)
        {
            waits.Begin(Waits.UpstreamWrite);
        }

        var result = await writing;
        waits.End(Waits.UpstreamWrite);
        if (result.IsCompleted)
        {
            FailedAtFirstWrite = isFirst && isImmediate;
            return RelayEnd.SinkBroken;
        }

        return IsStopped ? RelayEnd.Stopped : RelayEnd.None;
    }

    private static void WriteChunkSize(PipeWriter output, int size)
    {
        var writer = new HeadWriter(output);
        writer.ChunkSize(size);
        writer.Flush();
    }

    private static void WriteEnd(PipeWriter output, ReadOnlyMemory<byte>? trailers)
    {
        if (trailers is { } lines)
        {
            output.Write("0\r\n"u8);
            output.Write(lines.Span);
            output.Write("\r\n"u8);
        }
    }
}
