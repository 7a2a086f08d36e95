namespace WunderProxy.Forwarding.Upstreams;

/// <summary>Chooses the endpoint for an exchange; the only place where balancing happens.</summary>
internal static class EndpointChoice
{
    /// <summary>
    /// Chooses among the endpoints of an upstream: the first that is not set aside. If all are set aside, the first one is
    /// tried nevertheless, because nothing else could answer.
    /// </summary>
    public static Endpoint OfUpstream(Endpoint[] endpoints) => FirstUsable(endpoints, start: 0) ?? endpoints[0];

    /// <summary>
    /// Chooses among the peers: the next in turn that is not set aside. If all are set aside, none is tried: the client
    /// has waited already, and would only get a peer's failure instead of ours.
    /// </summary>
    /// <param name="peers">The peers; may be empty.</param>
    /// <param name="turn">A number that grows by one from choice to choice.</param>
    /// <returns>The peer to try, or null if there is none.</returns>
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
