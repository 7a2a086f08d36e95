using WunderProxy.Forwarding.Transport;

namespace WunderProxy.Forwarding.Tests.Transport;

/// <summary>Sends back what comes, until the remote end finishes.</summary>
internal sealed class EchoAcceptor : IConnectionAcceptor
{
    public void OnAccepted(TransportConnection connection) => EchoAsync(connection);

    public static async void EchoAsync(TransportConnection connection)
    {
        while (true)
        {
            var read = await connection.Input.ReadAsync();
            if (!connection.Loop.IsCurrent)
            {
                connection.Abort();
                return;
            }

            var isBroken = false;
            foreach (var part in read.Buffer)
            {
                isBroken |= (await connection.Output.WriteAsync(part)).IsCompleted;
            }

            connection.Input.AdvanceTo(read.Buffer.End);
            if (read.IsCompleted || isBroken)
            {
                connection.Close();
                return;
            }
        }
    }
}
