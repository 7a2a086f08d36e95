namespace WunderProxy.Fleet;

/// <summary>The clients of all managers given to a command.</summary>
internal sealed class ManagerClients(IReadOnlyList<ManagerClient> clients) : IDisposable
{
    /// <summary>The clients, in the order of the command line.</summary>
    public IReadOnlyList<IManagerClient> All => clients;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var client in clients)
        {
            client.Dispose();
        }
    }
}
