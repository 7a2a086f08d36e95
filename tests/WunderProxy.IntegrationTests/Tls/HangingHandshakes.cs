using System.Net;
using System.Net.Sockets;
using WunderProxy.Forwarding.Tests.Transport.Tls;
using WunderProxy.Forwarding.Transport.OpenSsl;

namespace WunderProxy.IntegrationTests.Tls;

/// <summary>
/// Clients whose handshakes hang for a while: some of them finish what the program began before, the others go away.
/// </summary>
internal sealed class HangingHandshakes(EndPoint listener) : IDisposable
{
    private readonly List<(Socket Socket, TlsEnd End, byte[] Left)> _hanging = [];
    private readonly List<string> _failures = [];

    /// <summary>Handshakes that hung and were finished.</summary>
    public int Finished { get; private set; }

    /// <summary>What became of those that could not be finished.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>Finishes half of those that hang, drops the other half, and has others hang.</summary>
    public void Renew(int count)
    {
        for (var number = 0; number < _hanging.Count; number++)
        {
            var (socket, end, left) = _hanging[number];
            if (number % 2 == 0)
            {
                Finish(socket, end, left);
            }

            end.Dispose();
            socket.Dispose();
        }

        _hanging.Clear();
        for (var number = 0; number < count; number++)
        {
            _hanging.Add(Hang(number));
        }
    }

    public void Dispose() => Renew(0);

    private (Socket Socket, TlsEnd End, byte[] Left) Hang(int number)
    {
        var end = TlsEnd.Client(new TlsEndOptions { ServerName = $"name{number}.test" });
        end.Handshake();
        var hello = end.TakeSent();
        var cut = number * 13 % hello.Length;
        var socket = new Socket(listener.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 20_000 };
        socket.Connect(listener);
        socket.Send(hello.AsSpan(0, cut));
        return (socket, end, hello[cut..]);
    }

    private void Finish(Socket socket, TlsEnd end, byte[] left)
    {
        try
        {
            socket.Send(left);
            var buffer = new byte[64 * 1024];
            TlsStep step;
            while ((step = end.Handshake()) == TlsStep.WantsRead)
            {
                socket.Send(end.TakeSent());
                var read = socket.Receive(buffer);
                if (read == 0)
                {
                    break;
                }

                end.Arrive(buffer.AsSpan(0, read));
            }

            socket.Send(end.TakeSent());
            if (step == TlsStep.Done)
            {
                Finished++;
            }
            else
            {
                _failures.Add($"ended with {step}");
            }
        }
        catch (SocketException exception)
        {
            _failures.Add($"{exception.SocketErrorCode}");
        }
    }
}
