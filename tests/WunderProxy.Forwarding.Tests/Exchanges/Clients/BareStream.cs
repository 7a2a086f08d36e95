using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using WunderProxy.Forwarding.Exchanges;
using WunderProxy.Forwarding.Exchanges.Bodies;
using WunderProxy.Forwarding.Exchanges.Clients;
using WunderProxy.Forwarding.Http1;
using WunderProxy.Forwarding.Transport;
using WunderProxy.Forwarding.Transport.Memory;

namespace WunderProxy.Forwarding.Tests.Exchanges.Clients;

/// <summary>
/// A stream as a protocol with many streams on a connection would have it: bare bytes and an end each way, an answer that is
/// a status and a list of lines, and a reason for an abort. Interim answers, tunnels and ways inside the kernel are declined.
/// </summary>
internal sealed class BareStream(TransportLoop loop) : ClientStream(loop)
{
    private static readonly PipeOptions Inline = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false);

    private readonly Pipe _in = new(Inline);
    private readonly Pipe _out = new(Inline);
    private CloseReason _closeReason;
    private bool _hasEnded;

    public int Status { get; private set; }

    public List<string> Lines { get; } = [];

    public bool IsComplete { get; private set; }

    public ForwardError AbortedFor { get; private set; }

    public override ReadOnlySpan<byte> Scheme => "https"u8;

    public override EndPoint? RemoteEndPoint => null;

    public override CloseReason CloseReason => _closeReason;

    public override bool HasEndedInOrder => _hasEnded;

    /// <summary>Starts a request; a body follows by <see cref="Send"/> if it is of unknown length.</summary>
    public void Begin(string head, bool hasBody)
    {
        Open(_in.Reader, _out.Writer, IPAddress.Parse("192.0.2.7"), isAddressTrusted: false);
        var limits = new HeadLimits(8192, 8192, 100, 8192, 100);
        HeadParser.ParseRequest(Encoding.ASCII.GetBytes(head), limits, Request, out _, out _);
        RequestFraming = hasBody ? BodyFraming.Chunked : BodyFraming.None;
        InputFraming = hasBody ? BodyFraming.UntilClose : BodyFraming.None;
    }

    /// <summary>Bytes of the body; on the loop.</summary>
    public void Send(string text) => _ = _in.Writer.WriteAsync(Encoding.ASCII.GetBytes(text)).AsTask();

    /// <summary>The end of the body; on the loop.</summary>
    public void EndRequest()
    {
        _hasEnded = true;
        _in.Writer.Complete();
    }

    /// <summary>The client resets the stream; on the loop.</summary>
    public void ResetByClient()
    {
        _closeReason = CloseReason.RemoteReset;
        OnClosed(_closeReason);
    }

    /// <summary>Takes what is there of the answer's body, so that more may come.</summary>
    public string Take(MemoryLoop loop)
    {
        var text = string.Empty;
        loop.Run(() =>
        {
            if (_out.Reader.TryRead(out var read))
            {
                text = Encoding.ASCII.GetString(read.Buffer.ToArray());
                _out.Reader.AdvanceTo(read.Buffer.End);
            }
        });
        return text;
    }

    /// <summary>The body of the answer so far.</summary>
    public string Received()
    {
        if (!_out.Reader.TryRead(out var read))
        {
            return string.Empty;
        }

        var text = Encoding.ASCII.GetString(read.Buffer.ToArray());
        _out.Reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        return text;
    }

    public override ValueTask<HeadResult> ReadHeadAsync()
    {
        OnHeadRead();
        return default;
    }

    public override uint? FindRemoteUser() => null;

    public override bool TryWriteInterim(ResponseHead head) => false;

    public override bool TryWriteContinue() => false;

    public override bool TryBeginTunnel(ResponseHead head) => false;

    public override BodyOutput BeginAnswer(ResponseHead head, in BodyFraming framing)
    {
        BeginAnswer(head.StatusCode, string.Empty, mayPersist: true);
        foreach (var field in head.Fields)
        {
            if ((field.Flags & (HeaderFlags.HopByHop | HeaderFlags.Framing)) == HeaderFlags.None)
            {
                WriteField(head.NameOf(in field), head.ValueOf(in field));
            }
        }

        return framing.Kind == BodyKind.Chunked ? BodyOutput.Dechunked : BodyOutput.AsIs;
    }

    public override void BeginAnswer(int status, string reason, bool mayPersist)
    {
        OnAnswerBegun();
        Status = status;
    }

    public override void WriteField(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value) =>
        Lines.Add($"{Encoding.ASCII.GetString(name).ToLowerInvariant()}: {Encoding.ASCII.GetString(value)}");

    public override void WriteBody(ReadOnlySpan<byte> body) => Output.Write(body);

    public override void FlushSoon() => _ = Output.FlushAsync().AsTask();

    public override void Complete() => IsComplete = true;

    public override void Abort(ForwardError reason) => AbortedFor = reason;
}
