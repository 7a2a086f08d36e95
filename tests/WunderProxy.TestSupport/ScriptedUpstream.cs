using System.Net;
using System.Net.Sockets;

namespace WunderProxy.TestSupport;

/// <summary>
/// An application whose every byte the test decides: it accepts connections and sends bytes on command.
/// </summary>
public sealed class ScriptedUpstream : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(15);

    private readonly Socket _listener;

    private ScriptedUpstream(Socket listener) => _listener = listener;

    /// <summary>The address on which the application listens.</summary>
    public EndPoint EndPoint => _listener.LocalEndPoint!;

    /// <summary>Starts listening on a free loopback port.</summary>
    public static ScriptedUpstream Start()
    {
        var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen(512);
        return new ScriptedUpstream(listener);
    }

    /// <summary>Accepts the next connection.</summary>
    public async Task<RawConnection> AcceptAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        return new RawConnection(await _listener.AcceptAsync(deadline.Token));
    }

    /// <summary>Whether a connection waits to be accepted.</summary>
    public bool HasPending => _listener.Poll(0, SelectMode.SelectRead);

    /// <summary>Answers every request on every connection with the same bytes, until disposed of.</summary>
    public Task AnswerAllAsync(string response) => AnswerAllAsync(_ => response);

    /// <summary>Answers every request on every connection with the result for its head, until disposed of.</summary>
    public async Task AnswerAllAsync(Func<string, string> answer)
    {
        while (true)
        {
            Socket accepted;
            try
            {
                accepted = await _listener.AcceptAsync();
            }
            catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
            {
                return;
            }

            _ = AnswerAsync(new RawConnection(accepted), answer);
        }
    }

    /// <summary>Answers one request on every connection with the same bytes and closes it, until it is disposed.</summary>
    public async Task CutAllAsync(string response)
    {
        try
        {
            while (true)
            {
                using var connection = new RawConnection(await _listener.AcceptAsync());
                await connection.ReadHeadAsync();
                await connection.SendAsync(response);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _listener.Dispose();

    private static async Task AnswerAsync(RawConnection connection, Func<string, string> answer)
    {
        using (connection)
        {
            try
            {
                while (true)
                {
                    await connection.SendAsync(answer(await connection.ReadHeadAsync()));
                }
            }
            catch (Exception exception) when (exception is IOException or SocketException or TimeoutException)
            {
                // The proxy closed its connection: there is nothing more to answer.
            }
        }
    }
}
