# Makes of daemonset.yaml a manifest for the direct mode, whose pods need no
# privileges after the installation: sed -f deploy/direct.sed deploy/daemonset.yaml
/--resident$/d
/hostPID:/d
/The daemon enters/d
/The daemon finishes/d
s/terminationGracePeriodSeconds: 90/terminationGracePeriodSeconds: 1/
# A DaemonSet's pods have to stay.
/The program on the node/d
/installed. In any other mount/d
s/name: daemon$/name: wait/
s/command: \[nsenter.*/command: [sleep, infinity]/
/args: \[daemon/d
/name: wait/,$ {
  s/runAsUser: 0/runAsUser: 65534/
  s/privileged: true/allowPrivilegeEscalation: false/
  s/readOnlyRootFilesystem: true/&\
            capabilities:\
              drop: [ALL]/
  s/cpu: 10m/cpu: 1m/
  s/memory: 64Mi/memory: 4Mi/
  s/memory: 256Mi/memory: 16Mi/
}
