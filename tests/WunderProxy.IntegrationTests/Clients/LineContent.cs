using System.Net;
using System.Text;
using System.Threading.Channels;

namespace WunderProxy.IntegrationTests.Clients;

/// <summary>A request body of lines that the test sends one by one.</summary>
internal sealed class LineContent : HttpContent
{
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();

    /// <summary>Whether the client has begun to send it.</summary>
    public bool IsAskedFor { get; private set; }

    public async Task WriteLineAsync(string line) => await _lines.Writer.WriteAsync(line);

    public void Finish() => _lines.Writer.Complete();

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        IsAskedFor = true;
        await foreach (var line in _lines.Reader.ReadAllAsync(cancellationToken))
        {
            await stream.WriteAsync(Encoding.ASCII.GetBytes(line + "\n"), cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }

    protected override void Dispose(bool disposing)
    {
        _lines.Writer.TryComplete();
        base.Dispose(disposing);
    }
}
