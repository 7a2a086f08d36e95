namespace WunderProxy.Forwarding.Upstreams;

/// <summary>Chooses the endpoint that an exchange goes to: the one place where balancing happens.</summary>
internal static class EndpointChoice
{
    /// <summary>
    /// Chooses among the endpoints of an upstream: the first that is not set aside. When all are set aside all are
    /// tried, since nobody else could answer.
    /// </summary>
    public static Endpoint OfUpstream(Endpoint[] endpoints) => FirstUsable(endpoints, start: 0) ?? endpoints[0];

    /// <summary>
    /// Chooses among the peers: the next in turn that is not set aside. When all are set aside none is tried: the
    /// client has waited already, and the failure that it gets instead is not a peer's.
    /// </summary>
    /// <param name="peers">The peers; there may be none.</param>
    /// <param name="turn">Any number that grows by one from choice to choice.</param>
    /// <returns>Null if there is no peer to try.</returns>
    public static Endpoint? OfPeers(Endpoint[] peers, uint turn) =>
        peers.Length == 0 ? null : FirstUsable(peers, (int)(turn % (uint)peers.Length));

    private static Endpoint? FirstUsable(Endpoint[] endpoints, int start)
    {
        var position = start;
        for (var step = 0; step < endpoints.Length; step++)
        {
            var endpoint = endpoints[position];
            if (endpoint.TryUse())
            {
                return endpoint;
            }

            position = position + 1 == endpoints.Length ? 0 : position + 1;
        }

        return null;
    }
}
