BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('v3.2.0.a');
CREATE TABLE automl_artifact (
	id INTEGER NOT NULL, 
	run_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	kind TEXT NOT NULL, 
	path TEXT NOT NULL, 
	size BIGINT NOT NULL, 
	sha256 TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run_id) REFERENCES automl_run (id) ON DELETE CASCADE, 
	FOREIGN KEY(trial_id) REFERENCES automl_trial (id) ON DELETE CASCADE
);
CREATE TABLE automl_epoch (
	trial_id INTEGER NOT NULL, 
	epoch INTEGER NOT NULL, 
	metrics JSON NOT NULL, 
	learning_rate FLOAT, 
	seconds FLOAT, 
	PRIMARY KEY (trial_id, epoch), 
	FOREIGN KEY(trial_id) REFERENCES automl_trial (id) ON DELETE CASCADE
);
INSERT INTO "automl_epoch" VALUES(1,1,'{"accuracy": 0.3645833333333333, "loss": 1.9474682079421148, "val_loss": 1.720176623673389, "val_accuracy": 0.6341463327407837}',2.59259259259259251806e-03,3.85394557400104531552e+00);
INSERT INTO "automl_epoch" VALUES(1,2,'{"accuracy": 0.8116319444444444, "loss": 0.6737267954481972, "val_loss": 0.4986899835814053, "val_accuracy": 0.8710801601409912}',3.09901795614161198327e-03,3.84605965999071486294e-01);
INSERT INTO "automl_epoch" VALUES(1,3,'{"accuracy": 0.9045138888888888, "loss": 0.32014421539174187, "val_loss": 0.16941636908369037, "val_accuracy": 0.9581881761550903}',3.38368345746364881064e-06,3.57832805000725784339e-01);
INSERT INTO "automl_epoch" VALUES(2,1,'{"accuracy": 0.390625, "loss": 1.9904553559091356, "val_loss": 1.685385496462679, "val_accuracy": 0.45296168327331543}',2.59259259259259251806e-03,6.06641512500027602072e+00);
INSERT INTO "automl_epoch" VALUES(2,2,'{"accuracy": 0.7777777777777778, "loss": 0.7059873905446794, "val_loss": 0.820171526328302, "val_accuracy": 0.7909407615661621}',3.09901795614161198327e-03,6.40721542999017401598e-01);
INSERT INTO "automl_epoch" VALUES(2,3,'{"accuracy": 0.90625, "loss": 0.32023397584756214, "val_loss": 0.16769221181627508, "val_accuracy": 0.9442508816719055}',3.38368345746364881064e-06,5.56709511000008205883e-01);
INSERT INTO "automl_epoch" VALUES(3,1,'{"accuracy": 0.3767361111111111, "loss": 1.873083359665341, "val_loss": 2.1084842428513104, "val_accuracy": 0.3588850200176239}',2.59259259259259251806e-03,4.58849068600102327764e+00);
INSERT INTO "automl_epoch" VALUES(3,2,'{"accuracy": 0.8237847222222222, "loss": 0.6809163755840726, "val_loss": 0.3842148355326781, "val_accuracy": 0.8850173950195312}',3.09901795614161198327e-03,4.60734217000208445824e-01);
INSERT INTO "automl_epoch" VALUES(3,3,'{"accuracy": 0.921875, "loss": 0.3002349767420027, "val_loss": 0.20308371542521772, "val_accuracy": 0.9442508816719055}',3.38368345746364881064e-06,5.38260504999925615265e-01);
CREATE TABLE automl_meta (
	id INTEGER NOT NULL, 
	schema_version INTEGER NOT NULL, 
	library_version TEXT NOT NULL, 
	created DATETIME NOT NULL, 
	PRIMARY KEY (id)
);
INSERT INTO "automl_meta" VALUES(1,1,'0.1.0','2026-11-20 13:18:20.542624');
CREATE TABLE automl_run (
	id INTEGER NOT NULL, 
	study TEXT NOT NULL, 
	task TEXT NOT NULL, 
	command JSON NOT NULL, 
	data_digest TEXT NOT NULL, 
	data_summary JSON NOT NULL, 
	space_name TEXT NOT NULL, 
	space_text TEXT NOT NULL, 
	objective TEXT NOT NULL, 
	direction TEXT NOT NULL, 
	seed BIGINT NOT NULL, 
	versions JSON NOT NULL, 
	machine JSON NOT NULL, 
	started DATETIME NOT NULL, 
	ended DATETIME, 
	budget_seconds FLOAT, 
	seconds_used FLOAT NOT NULL, 
	result JSON, 
	owner JSON, 
	PRIMARY KEY (id), 
	UNIQUE (study)
);
INSERT INTO "automl_run" VALUES(1,'previous','image-classify','{"task": "image-classify", "data": "digits/train", "validation": null, "space": null, "max_trials": 40, "time_budget": null, "max_epochs": 3, "objective": null, "seed": 5, "out": "previous", "storage": null, "study": null, "workers": 1, "on_bad_file": "error"}','44c5a525178b605884aad5a7d86c24f2ea9d18b1045fdf8fb992ef9dab40e09b','{"task": "image-classify", "rows": 1437, "training_rows": 1150, "validation_rows": 287, "classes": 10, "class_counts": {"0": 142, "1": 146, "2": 142, "3": 146, "4": 145, "5": 145, "6": 145, "7": 143, "8": 139, "9": 144}, "shape": [8, 8, 1], "mode": "grey", "dtype": "uint8", "mirror": false, "skipped_files": 0, "from_cache": true}','cnn','# Convolutional networks for classifying pictures, from 8x8 digits to photos of a few hundred pixels.
#
# Open: the width; one to four stages, and in each the number of blocks, what they are (two convolutions with a
# shortcut, a bottleneck, plain convolutions, or a mobile block with a depthwise convolution), their kernel and whether
# they have a squeeze-and-excitation gate; the activation; how far large pictures are reduced at the start; dropout;
# and the recipe: optimizer, learning rate, weight decay, batch size, label smoothing.
#
# The default is a small residual network of 24, 48 and 96 channels, trained by AdamW with two epochs of warm-up and
# cosine decay, with flips (where the training pictures allow them) and 2-pixel shifts.
#
# Size: 26,347,809,600 points, and 2 continuous values.
# Default, for pictures of 28x28x1 and ten classes: 175,522 parameters, 12,055,864 FLOPs.
version: 1
name: cnn
task: image-classify

vars:
  width: {choice: [16, 24, 32, 48, 64], default: 24}   # channels of the first stage; each further one has twice
  activation: {choice: [relu, silu, gelu]}
  # Pictures are reduced on the way into the first stage, so that its maps have about 12 to 32 pixels a side.
  # Measured on 28x28: at full size an epoch takes twice as long.
  detail: {choice: [normal, fine, coarse]}
  size: =max(input_height, input_width)
  usual: =1 if size < 24 else 2 if size <= 64 else 4 if size <= 128 else 8 if size <= 256 else 16
  reduce: "=usual if detail == ''normal'' else usual * 2 if detail == ''coarse'' else max(usual // 2, 1)"

blocks:
  act:
    - {choice: {relu: relu, silu: silu, gelu: gelu}, by: =activation}
  conv_bn:
    args: {filters: null, kernel: 3, stride: 1}
    do: [{conv: {filters: =filters, kernel: =kernel, stride: =stride, use_bias: false}}, bn]
  gate:
    args: {kind: null}
    do: {choice: {none: [], se: {se: {ratio: 8}}}, by: =kind}

  basic:                         # He et al., 2016
    args: {filters: null, kernel: null, stride: null, gate: null}
    do:
      - residual:
          - conv_bn: {filters: =filters, kernel: =kernel, stride: =stride}
          - act
          - conv_bn: {filters: =filters, kernel: =kernel}
          - gate: =gate
      - act
  bottleneck:                    # He et al., 2016, with half the channels inside
    args: {filters: null, kernel: null, stride: null, gate: null}
    do:
      - residual:
          - conv_bn: {filters: =filters // 2, kernel: 1}
          - act
          - conv_bn: {filters: =filters // 2, kernel: =kernel, stride: =stride}
          - act
          - conv_bn: {filters: =filters, kernel: 1}
          - gate: =gate
      - act
  plain:                         # Simonyan & Zisserman, 2015, with normalisation
    args: {filters: null, kernel: null, stride: null, gate: null}
    do:
      - conv_bn: {filters: =filters, kernel: =kernel, stride: =stride}
      - act
      - conv_bn: {filters: =filters, kernel: =kernel}
      - gate: =gate
      - act
  mobile:                        # Sandler et al., 2018; the gate as in Tan & Le, 2019
    args: {filters: null, kernel: null, stride: null, gate: null}
    do:
      - residual:
          - conv_bn: {filters: =filters * 2, kernel: 1}
          - act
          - dwconv: {kernel: =kernel, stride: =stride, use_bias: false}
          - bn
          - act
          - gate: =gate
          - conv_bn: {filters: =filters, kernel: 1}

  stack:                         # the blocks of one stage; the first one halves the map
    args:
      filters: null
      stride: null
      blocks: {int: [1, 3]}
      kind: {choice: [basic, bottleneck, plain, mobile]}
      kernel: {int: [3, 5], step: 2}
      gate: {choice: [none, se]}
    do:
      name: block
      repeat:
        times: =blocks
        index: j
        do:
          choice:
            basic: {basic: {filters: =filters, kernel: =kernel, stride: =stride if j == 0 else 1, gate: =gate}}
            bottleneck:
              bottleneck: {filters: =filters, kernel: =kernel, stride: =stride if j == 0 else 1, gate: =gate}
            plain: {plain: {filters: =filters, kernel: =kernel, stride: =stride if j == 0 else 1, gate: =gate}}
            mobile: {mobile: {filters: =filters, kernel: =kernel, stride: =stride if j == 0 else 1, gate: =gate}}
          by: =kind

model:
  - name: stem
    conv_bn: {filters: =width, kernel: =3 if reduce < 8 else 5, stride: =1 if reduce < 4 else 2}
  - act
  - name: shrink
    repeat:
      times: =0 if reduce < 8 else 1 if reduce == 8 else 2 if reduce == 16 else 3
      do: {maxpool: {size: 3, stride: 2, padding: same}}
  - name: stage
    repeat:
      times: {int: [1, 4], default: 3}
      index: i
      do: {stack: {filters: =width * 2**i, stride: =1 if i == 0 and reduce == 1 else 2}}
  - gap
  - dropout: {float: [0.0, 0.5], step: 0.1, default: 0.1}
  - head

train:
  optimizer: {choice: [adamw, sgd]}
  lr: {float: [5e-4, 5e-2], log: true, default: 4e-3}
  weight_decay: {float: [1e-4, 1e-1], log: true, default: 2e-2}
  batch_size: {pow2: [32, 128], default: 64}
  label_smoothing: {choice: [0.0, 0.05, 0.1]}
  epochs: 25
  warmup_epochs: 2
  schedule: cosine
  augment: {flip: auto, shift: 2}

constraints: {params: 3000000, flops: 1000000000}

seeds:
  # Wider, two blocks in the later stages.
  - {width: 32, stage.1/stack/blocks: 2, stage.2/stack/blocks: 2, dropout/rate: 0.2}
  # Gates everywhere, a smoother activation.
  - {activation: silu, stage.0/stack/gate: se, stage.1/stack/gate: se, stage.2/stack/gate: se}
  # Depthwise convolutions: few parameters, so more channels.
  - width: 32
    stage.0/stack/kind: mobile
    stage.1/stack/kind: mobile
    stage.2/stack/kind: mobile
    stage.1/stack/blocks: 2
    stage.2/stack/blocks: 2
','val_accuracy','maximize',5,'{"python": "3.11.7", "automl": "0.1.0", "tensorflow": "2.21.0", "keras": "3.15.1", "optuna": "5.0.0", "sqlalchemy": "2.1.9", "numpy": "2.4.6"}','{"host": "@HOST@", "platform": "Linux", "cpus": 2, "memory": 25276514304}','2026-11-20 13:18:20.838627',NULL,NULL,2.2984450591000495478e+01,NULL,'{"host": "@HOST@", "boot": "an earlier start", "process": 17918, "start": "1186145"}');
CREATE TABLE automl_segment (
	id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	from_epoch INTEGER NOT NULL, 
	to_epoch INTEGER NOT NULL, 
	worker TEXT NOT NULL, 
	checkpoint TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(trial_id) REFERENCES automl_trial (id) ON DELETE CASCADE
);
INSERT INTO "automl_segment" VALUES(1,1,1,3,'','');
INSERT INTO "automl_segment" VALUES(2,2,1,3,'','');
INSERT INTO "automl_segment" VALUES(3,3,1,3,'','');
CREATE TABLE automl_trial (
	id INTEGER NOT NULL, 
	run_id INTEGER NOT NULL, 
	optuna_trial_id INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	value FLOAT, 
	params JSON NOT NULL, 
	architecture JSON, 
	fingerprint TEXT, 
	job_key TEXT, 
	parameters BIGINT, 
	flops BIGINT, 
	training JSON, 
	proposed_by TEXT NOT NULL, 
	description TEXT NOT NULL, 
	parent INTEGER, 
	duplicate_of INTEGER, 
	reason TEXT NOT NULL, 
	failure_kind TEXT NOT NULL, 
	failure_message TEXT NOT NULL, 
	failure_advice TEXT NOT NULL, 
	failure_traceback TEXT NOT NULL, 
	violations JSON NOT NULL, 
	epochs INTEGER NOT NULL, 
	planned_epochs INTEGER, 
	best_epoch INTEGER, 
	seconds JSON NOT NULL, 
	metrics JSON NOT NULL, 
	step_seconds FLOAT, 
	steps_per_epoch INTEGER, 
	worker TEXT NOT NULL, 
	seed BIGINT, 
	created DATETIME NOT NULL, 
	started DATETIME, 
	ended DATETIME, 
	PRIMARY KEY (id), 
	UNIQUE (run_id, number), 
	FOREIGN KEY(run_id) REFERENCES automl_run (id) ON DELETE CASCADE
);
INSERT INTO "automl_trial" VALUES(1,1,1,0,'complete',9.58188176155090332031e-01,'{"width": 24, "activation": "relu", "detail": "normal", "stage/times": 3, "stage.0/stack/blocks": 1, "stage.0/stack/kind": "basic", "stage.0/stack/kernel": 3, "stage.0/stack/gate": "none", "stage.1/stack/blocks": 1, "stage.1/stack/kind": "basic", "stage.1/stack/kernel": 3, "stage.1/stack/gate": "none", "stage.2/stack/blocks": 1, "stage.2/stack/kind": "basic", "stage.2/stack/kernel": 3, "stage.2/stack/gate": "none", "dropout/rate": 0.1, "train/optimizer": "adamw", "train/lr": 0.004, "train/weight_decay": 0.02, "train/batch_size": 64, "train/label_smoothing": 0.0}','{"inputs": {"image": {"dtype": "float32", "shape": [8, 8, 1]}}, "nodes": [{"args": {"activation": "linear", "dilation": 1, "filters": 24, "groups": 1, "kernel": 3, "padding": "same", "stride": 1, "use_bias": false}, "id": "n0", "inputs": ["image"], "op": "conv", "weights": null, "name": "stem/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n1", "inputs": ["n0"], "op": "bn", "weights": null, "name": "stem/bn"}, {"args": {}, "id": "n2", "inputs": ["n1"], "op": "relu", "weights": null, "name": "act/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 24, "groups": 1, "kernel": 3, "padding": "same", "stride": 1, "use_bias": false}, "id": "n3", "inputs": ["n2"], "op": "conv", "weights": null, "name": "stage.0/stack/block.0/choice=basic/basic/residual/conv_bn/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n4", "inputs": ["n3"], "op": "bn", "weights": null, "name": "stage.0/stack/block.0/choice=basic/basic/residual/conv_bn/bn"}, {"args": {}, "id": "n5", "inputs": ["n4"], "op": "relu", "weights": null, "name": "stage.0/stack/block.0/choice=basic/basic/residual/act/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 24, "groups": 1, "kernel": 3, "padding": "same", "stride": 1, "use_bias": false}, "id": "n6", "inputs": ["n5"], "op": "conv", "weights": null, "name": "stage.0/stack/block.0/choice=basic/basic/residual/conv_bn#2/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n7", "inputs": ["n6"], "op": "bn", "weights": null, "name": "stage.0/stack/block.0/choice=basic/basic/residual/conv_bn#2/bn"}, {"args": {}, "id": "n8", "inputs": ["n2", "n7"], "op": "add", "weights": null, "name": "stage.0/stack/block.0/choice=basic/basic/residual/add"}, {"args": {}, "id": "n9", "inputs": ["n8"], "op": "relu", "weights": null, "name": "stage.0/stack/block.0/choice=basic/basic/act/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 48, "groups": 1, "kernel": 3, "padding": "same", "stride": 2, "use_bias": false}, "id": "n10", "inputs": ["n9"], "op": "conv", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/conv_bn/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n11", "inputs": ["n10"], "op": "bn", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/conv_bn/bn"}, {"args": {}, "id": "n12", "inputs": ["n11"], "op": "relu", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/act/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 48, "groups": 1, "kernel": 3, "padding": "same", "stride": 1, "use_bias": false}, "id": "n13", "inputs": ["n12"], "op": "conv", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/conv_bn#2/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n14", "inputs": ["n13"], "op": "bn", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/conv_bn#2/bn"}, {"args": {"activation": "linear", "dilation": 1, "filters": 48, "groups": 1, "kernel": 1, "padding": "same", "stride": 2, "use_bias": false}, "id": "n15", "inputs": ["n9"], "op": "conv", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/shortcut/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n16", "inputs": ["n15"], "op": "bn", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/shortcut/bn"}, {"args": {}, "id": "n17", "inputs": ["n14", "n16"], "op": "add", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/add"}, {"args": {}, "id": "n18", "inputs": ["n17"], "op": "relu", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/act/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 96, "groups": 1, "kernel": 3, "padding": "same", "stride": 2, "use_bias": false}, "id": "n19", "inputs": ["n18"], "op": "conv", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/conv_bn/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n20", "inputs": ["n19"], "op": "bn", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/conv_bn/bn"}, {"args": {}, "id": "n21", "inputs": ["n20"], "op": "relu", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/act/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 96, "groups": 1, "kernel": 3, "padding": "same", "stride": 1, "use_bias": false}, "id": "n22", "inputs": ["n21"], "op": "conv", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/conv_bn#2/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n23", "inputs": ["n22"], "op": "bn", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/conv_bn#2/bn"}, {"args": {"activation": "linear", "dilation": 1, "filters": 96, "groups": 1, "kernel": 1, "padding": "same", "stride": 2, "use_bias": false}, "id": "n24", "inputs": ["n18"], "op": "conv", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/shortcut/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n25", "inputs": ["n24"], "op": "bn", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/shortcut/bn"}, {"args": {}, "id": "n26", "inputs": ["n23", "n25"], "op": "add", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/add"}, {"args": {}, "id": "n27", "inputs": ["n26"], "op": "relu", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/act/choice=relu/relu"}, {"args": {}, "id": "n28", "inputs": ["n27"], "op": "gap", "weights": null, "name": "gap"}, {"args": {"rate": 0.1}, "id": "n29", "inputs": ["n28"], "op": "dropout", "weights": null, "name": "dropout"}, {"args": {"activation": "softmax", "units": 10}, "id": "n30", "inputs": ["n29"], "op": "head", "weights": null, "name": "head"}], "outputs": {"label": "n30"}}','cb10ebb24d67b6e6d1533e87f4a13f38ac71c640deb19abb7757a5f14d643faf','95aa3395359fe4e8aa89425ecfcb6db5037691f4be46a58622dedcd6a7c20f33',174850,3447208,'{"optimizer": "adamw", "lr": 0.004, "weight_decay": 0.02, "momentum": 0.9, "batch_size": 64, "epochs": 3, "warmup_epochs": 2.0, "schedule": "cosine", "label_smoothing": 0.0, "clip_norm": null, "patience": 10, "augment": {"flip": false, "shift": 1}}','default','conv24 > 3 stages (24-48-96) > gap > softmax10',NULL,NULL,'','','','','','{}',3,3,3,'{"build": 0.13360742599979858, "train": 4.192350270999668, "validate": 0.27485549000084575, "save": 0.18244650099950377}','{"accuracy": 0.9045138888888888, "loss": 0.32014421539174187, "val_loss": 0.16941636908369037, "val_accuracy": 0.9581881761550903}',1.77228229986212681978e-02,18,'',1465283036,'2026-11-20 13:18:20.884432','2026-11-20 13:18:23.725136','2026-11-20 13:18:28.616636');
INSERT INTO "automl_trial" VALUES(2,1,2,1,'complete',9.44250881671905517578e-01,'{"width": 32, "activation": "relu", "detail": "normal", "stage/times": 3, "stage.0/stack/blocks": 1, "stage.0/stack/kind": "basic", "stage.0/stack/kernel": 3, "stage.0/stack/gate": "none", "stage.1/stack/blocks": 2, "stage.1/stack/kind": "basic", "stage.1/stack/kernel": 3, "stage.1/stack/gate": "none", "stage.2/stack/blocks": 2, "stage.2/stack/kind": "basic", "stage.2/stack/kernel": 3, "stage.2/stack/gate": "none", "dropout/rate": 0.2, "train/optimizer": "adamw", "train/lr": 0.004, "train/weight_decay": 0.02, "train/batch_size": 64, "train/label_smoothing": 0.0}','{"inputs": {"image": {"dtype": "float32", "shape": [8, 8, 1]}}, "nodes": [{"args": {"activation": "linear", "dilation": 1, "filters": 32, "groups": 1, "kernel": 3, "padding": "same", "stride": 1, "use_bias": false}, "id": "n0", "inputs": ["image"], "op": "conv", "weights": null, "name": "stem/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n1", "inputs": ["n0"], "op": "bn", "weights": null, "name": "stem/bn"}, {"args": {}, "id": "n2", "inputs": ["n1"], "op": "relu", "weights": null, "name": "act/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 32, "groups": 1, "kernel": 3, "padding": "same", "stride": 1, "use_bias": false}, "id": "n3", "inputs": ["n2"], "op": "conv", "weights": null, "name": "stage.0/stack/block.0/choice=basic/basic/residual/conv_bn/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n4", "inputs": ["n3"], "op": "bn", "weights": null, "name": "stage.0/stack/block.0/choice=basic/basic/residual/conv_bn/bn"}, {"args": {}, "id": "n5", "inputs": ["n4"], "op": "relu", "weights": null, "name": "stage.0/stack/block.0/choice=basic/basic/residual/act/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 32, "groups": 1, "kernel": 3, "padding": "same", "stride": 1, "use_bias": false}, "id": "n6", "inputs": ["n5"], "op": "conv", "weights": null, "name": "stage.0/stack/block.0/choice=basic/basic/residual/conv_bn#2/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n7", "inputs": ["n6"], "op": "bn", "weights": null, "name": "stage.0/stack/block.0/choice=basic/basic/residual/conv_bn#2/bn"}, {"args": {}, "id": "n8", "inputs": ["n2", "n7"], "op": "add", "weights": null, "name": "stage.0/stack/block.0/choice=basic/basic/residual/add"}, {"args": {}, "id": "n9", "inputs": ["n8"], "op": "relu", "weights": null, "name": "stage.0/stack/block.0/choice=basic/basic/act/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 64, "groups": 1, "kernel": 3, "padding": "same", "stride": 2, "use_bias": false}, "id": "n10", "inputs": ["n9"], "op": "conv", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/conv_bn/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n11", "inputs": ["n10"], "op": "bn", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/conv_bn/bn"}, {"args": {}, "id": "n12", "inputs": ["n11"], "op": "relu", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/act/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 64, "groups": 1, "kernel": 3, "padding": "same", "stride": 1, "use_bias": false}, "id": "n13", "inputs": ["n12"], "op": "conv", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/conv_bn#2/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n14", "inputs": ["n13"], "op": "bn", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/conv_bn#2/bn"}, {"args": {"activation": "linear", "dilation": 1, "filters": 64, "groups": 1, "kernel": 1, "padding": "same", "stride": 2, "use_bias": false}, "id": "n15", "inputs": ["n9"], "op": "conv", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/shortcut/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n16", "inputs": ["n15"], "op": "bn", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/shortcut/bn"}, {"args": {}, "id": "n17", "inputs": ["n14", "n16"], "op": "add", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/add"}, {"args": {}, "id": "n18", "inputs": ["n17"], "op": "relu", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/act/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 64, "groups": 1, "kernel": 3, "padding": "same", "stride": 1, "use_bias": false}, "id": "n19", "inputs": ["n18"], "op": "conv", "weights": null, "name": "stage.1/stack/block.1/choice=basic/basic/residual/conv_bn/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n20", "inputs": ["n19"], "op": "bn", "weights": null, "name": "stage.1/stack/block.1/choice=basic/basic/residual/conv_bn/bn"}, {"args": {}, "id": "n21", "inputs": ["n20"], "op": "relu", "weights": null, "name": "stage.1/stack/block.1/choice=basic/basic/residual/act/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 64, "groups": 1, "kernel": 3, "padding": "same", "stride": 1, "use_bias": false}, "id": "n22", "inputs": ["n21"], "op": "conv", "weights": null, "name": "stage.1/stack/block.1/choice=basic/basic/residual/conv_bn#2/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n23", "inputs": ["n22"], "op": "bn", "weights": null, "name": "stage.1/stack/block.1/choice=basic/basic/residual/conv_bn#2/bn"}, {"args": {}, "id": "n24", "inputs": ["n18", "n23"], "op": "add", "weights": null, "name": "stage.1/stack/block.1/choice=basic/basic/residual/add"}, {"args": {}, "id": "n25", "inputs": ["n24"], "op": "relu", "weights": null, "name": "stage.1/stack/block.1/choice=basic/basic/act/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 128, "groups": 1, "kernel": 3, "padding": "same", "stride": 2, "use_bias": false}, "id": "n26", "inputs": ["n25"], "op": "conv", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/conv_bn/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n27", "inputs": ["n26"], "op": "bn", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/conv_bn/bn"}, {"args": {}, "id": "n28", "inputs": ["n27"], "op": "relu", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/act/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 128, "groups": 1, "kernel": 3, "padding": "same", "stride": 1, "use_bias": false}, "id": "n29", "inputs": ["n28"], "op": "conv", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/conv_bn#2/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n30", "inputs": ["n29"], "op": "bn", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/conv_bn#2/bn"}, {"args": {"activation": "linear", "dilation": 1, "filters": 128, "groups": 1, "kernel": 1, "padding": "same", "stride": 2, "use_bias": false}, "id": "n31", "inputs": ["n25"], "op": "conv", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/shortcut/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n32", "inputs": ["n31"], "op": "bn", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/shortcut/bn"}, {"args": {}, "id": "n33", "inputs": ["n30", "n32"], "op": "add", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/add"}, {"args": {}, "id": "n34", "inputs": ["n33"], "op": "relu", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/act/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 128, "groups": 1, "kernel": 3, "padding": "same", "stride": 1, "use_bias": false}, "id": "n35", "inputs": ["n34"], "op": "conv", "weights": null, "name": "stage.2/stack/block.1/choice=basic/basic/residual/conv_bn/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n36", "inputs": ["n35"], "op": "bn", "weights": null, "name": "stage.2/stack/block.1/choice=basic/basic/residual/conv_bn/bn"}, {"args": {}, "id": "n37", "inputs": ["n36"], "op": "relu", "weights": null, "name": "stage.2/stack/block.1/choice=basic/basic/residual/act/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 128, "groups": 1, "kernel": 3, "padding": "same", "stride": 1, "use_bias": false}, "id": "n38", "inputs": ["n37"], "op": "conv", "weights": null, "name": "stage.2/stack/block.1/choice=basic/basic/residual/conv_bn#2/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n39", "inputs": ["n38"], "op": "bn", "weights": null, "name": "stage.2/stack/block.1/choice=basic/basic/residual/conv_bn#2/bn"}, {"args": {}, "id": "n40", "inputs": ["n34", "n39"], "op": "add", "weights": null, "name": "stage.2/stack/block.1/choice=basic/basic/residual/add"}, {"args": {}, "id": "n41", "inputs": ["n40"], "op": "relu", "weights": null, "name": "stage.2/stack/block.1/choice=basic/basic/act/choice=relu/relu"}, {"args": {}, "id": "n42", "inputs": ["n41"], "op": "gap", "weights": null, "name": "gap"}, {"args": {"rate": 0.2}, "id": "n43", "inputs": ["n42"], "op": "dropout", "weights": null, "name": "dropout"}, {"args": {"activation": "softmax", "units": 10}, "id": "n44", "inputs": ["n43"], "op": "head", "weights": null, "name": "head"}], "outputs": {"label": "n44"}}','42c4afd3386bc8191c4b549adfa494f002e84b01cc17e0cd04e8241548bb7db9','81388a4e91a60e056791234ed5b3b93d3030fec7e9acb74394202307b094c7fa',679594,10832936,'{"optimizer": "adamw", "lr": 0.004, "weight_decay": 0.02, "momentum": 0.9, "batch_size": 64, "epochs": 3, "warmup_epochs": 2.0, "schedule": "cosine", "label_smoothing": 0.0, "clip_norm": null, "patience": 10, "augment": {"flip": false, "shift": 1}}','seed','conv32 > 3 stages (32-64-128) > gap > softmax10',NULL,NULL,'','','','','','{}',3,3,3,'{"build": 0.20717134500046086, "train": 6.706962819000182, "validate": 0.4227065989998664, "save": 0.2774806670004182}','{"accuracy": 0.90625, "loss": 0.32023397584756214, "val_loss": 0.16769221181627508, "val_accuracy": 0.9442508816719055}',2.8681312998742214404e-02,18,'',3101376431,'2026-11-20 13:18:20.900392','2026-11-20 13:18:28.678191','2026-11-20 13:18:36.493977');
INSERT INTO "automl_trial" VALUES(3,1,3,2,'complete',9.44250881671905517578e-01,'{"width": 24, "activation": "silu", "detail": "normal", "stage/times": 3, "stage.0/stack/blocks": 1, "stage.0/stack/kind": "basic", "stage.0/stack/kernel": 3, "stage.0/stack/gate": "se", "stage.1/stack/blocks": 1, "stage.1/stack/kind": "basic", "stage.1/stack/kernel": 3, "stage.1/stack/gate": "se", "stage.2/stack/blocks": 1, "stage.2/stack/kind": "basic", "stage.2/stack/kernel": 3, "stage.2/stack/gate": "se", "dropout/rate": 0.1, "train/optimizer": "adamw", "train/lr": 0.004, "train/weight_decay": 0.02, "train/batch_size": 64, "train/label_smoothing": 0.0}','{"inputs": {"image": {"dtype": "float32", "shape": [8, 8, 1]}}, "nodes": [{"args": {"activation": "linear", "dilation": 1, "filters": 24, "groups": 1, "kernel": 3, "padding": "same", "stride": 1, "use_bias": false}, "id": "n0", "inputs": ["image"], "op": "conv", "weights": null, "name": "stem/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n1", "inputs": ["n0"], "op": "bn", "weights": null, "name": "stem/bn"}, {"args": {}, "id": "n2", "inputs": ["n1"], "op": "silu", "weights": null, "name": "act/choice=silu/silu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 24, "groups": 1, "kernel": 3, "padding": "same", "stride": 1, "use_bias": false}, "id": "n3", "inputs": ["n2"], "op": "conv", "weights": null, "name": "stage.0/stack/block.0/choice=basic/basic/residual/conv_bn/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n4", "inputs": ["n3"], "op": "bn", "weights": null, "name": "stage.0/stack/block.0/choice=basic/basic/residual/conv_bn/bn"}, {"args": {}, "id": "n5", "inputs": ["n4"], "op": "silu", "weights": null, "name": "stage.0/stack/block.0/choice=basic/basic/residual/act/choice=silu/silu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 24, "groups": 1, "kernel": 3, "padding": "same", "stride": 1, "use_bias": false}, "id": "n6", "inputs": ["n5"], "op": "conv", "weights": null, "name": "stage.0/stack/block.0/choice=basic/basic/residual/conv_bn#2/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n7", "inputs": ["n6"], "op": "bn", "weights": null, "name": "stage.0/stack/block.0/choice=basic/basic/residual/conv_bn#2/bn"}, {"args": {"activation": "relu", "ratio": 8}, "id": "n8", "inputs": ["n7"], "op": "se", "weights": null, "name": "stage.0/stack/block.0/choice=basic/basic/residual/gate/choice=se/se"}, {"args": {}, "id": "n9", "inputs": ["n2", "n8"], "op": "add", "weights": null, "name": "stage.0/stack/block.0/choice=basic/basic/residual/add"}, {"args": {}, "id": "n10", "inputs": ["n9"], "op": "silu", "weights": null, "name": "stage.0/stack/block.0/choice=basic/basic/act/choice=silu/silu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 48, "groups": 1, "kernel": 3, "padding": "same", "stride": 2, "use_bias": false}, "id": "n11", "inputs": ["n10"], "op": "conv", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/conv_bn/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n12", "inputs": ["n11"], "op": "bn", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/conv_bn/bn"}, {"args": {}, "id": "n13", "inputs": ["n12"], "op": "silu", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/act/choice=silu/silu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 48, "groups": 1, "kernel": 3, "padding": "same", "stride": 1, "use_bias": false}, "id": "n14", "inputs": ["n13"], "op": "conv", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/conv_bn#2/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n15", "inputs": ["n14"], "op": "bn", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/conv_bn#2/bn"}, {"args": {"activation": "relu", "ratio": 8}, "id": "n16", "inputs": ["n15"], "op": "se", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/gate/choice=se/se"}, {"args": {"activation": "linear", "dilation": 1, "filters": 48, "groups": 1, "kernel": 1, "padding": "same", "stride": 2, "use_bias": false}, "id": "n17", "inputs": ["n10"], "op": "conv", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/shortcut/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n18", "inputs": ["n17"], "op": "bn", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/shortcut/bn"}, {"args": {}, "id": "n19", "inputs": ["n16", "n18"], "op": "add", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/residual/add"}, {"args": {}, "id": "n20", "inputs": ["n19"], "op": "silu", "weights": null, "name": "stage.1/stack/block.0/choice=basic/basic/act/choice=silu/silu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 96, "groups": 1, "kernel": 3, "padding": "same", "stride": 2, "use_bias": false}, "id": "n21", "inputs": ["n20"], "op": "conv", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/conv_bn/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n22", "inputs": ["n21"], "op": "bn", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/conv_bn/bn"}, {"args": {}, "id": "n23", "inputs": ["n22"], "op": "silu", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/act/choice=silu/silu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 96, "groups": 1, "kernel": 3, "padding": "same", "stride": 1, "use_bias": false}, "id": "n24", "inputs": ["n23"], "op": "conv", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/conv_bn#2/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n25", "inputs": ["n24"], "op": "bn", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/conv_bn#2/bn"}, {"args": {"activation": "relu", "ratio": 8}, "id": "n26", "inputs": ["n25"], "op": "se", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/gate/choice=se/se"}, {"args": {"activation": "linear", "dilation": 1, "filters": 96, "groups": 1, "kernel": 1, "padding": "same", "stride": 2, "use_bias": false}, "id": "n27", "inputs": ["n20"], "op": "conv", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/shortcut/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n28", "inputs": ["n27"], "op": "bn", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/shortcut/bn"}, {"args": {}, "id": "n29", "inputs": ["n26", "n28"], "op": "add", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/residual/add"}, {"args": {}, "id": "n30", "inputs": ["n29"], "op": "silu", "weights": null, "name": "stage.2/stack/block.0/choice=basic/basic/act/choice=silu/silu"}, {"args": {}, "id": "n31", "inputs": ["n30"], "op": "gap", "weights": null, "name": "gap"}, {"args": {"rate": 0.1}, "id": "n32", "inputs": ["n31"], "op": "dropout", "weights": null, "name": "dropout"}, {"args": {"activation": "softmax", "units": 10}, "id": "n33", "inputs": ["n32"], "op": "head", "weights": null, "name": "head"}], "outputs": {"label": "n33"}}','2a85986e084204f739959f227dfc268660d6ad23607a27a35996572f1eef86de','4a8961683142a3e828b1dfeac37d3bfcc98e31542caec6a977022db1fddac374',178063,3459010,'{"optimizer": "adamw", "lr": 0.004, "weight_decay": 0.02, "momentum": 0.9, "batch_size": 64, "epochs": 3, "warmup_epochs": 2.0, "schedule": "cosine", "label_smoothing": 0.0, "clip_norm": null, "patience": 10, "augment": {"flip": false, "shift": 1}}','seed','conv24 > 3 stages (24-48-96) > gap > softmax10',NULL,NULL,'','','','','','{}',3,3,3,'{"build": 0.19291430799967202, "train": 5.051001841999096, "validate": 0.3555501920000097, "save": 0.2632335560010688}','{"accuracy": 0.921875, "loss": 0.3002349767420027, "val_loss": 0.20308371542521772, "val_accuracy": 0.9442508816719055}',2.20921000000089406967e-02,18,'',111713285,'2026-11-20 13:18:20.913776','2026-11-20 13:18:36.548183','2026-11-20 13:18:42.674288');
INSERT INTO "automl_trial" VALUES(4,1,4,3,'running',NULL,'{"width": 32, "activation": "relu", "detail": "normal", "stage/times": 3, "stage.0/stack/blocks": 1, "stage.0/stack/kind": "mobile", "stage.0/stack/kernel": 3, "stage.0/stack/gate": "none", "stage.1/stack/blocks": 2, "stage.1/stack/kind": "mobile", "stage.1/stack/kernel": 3, "stage.1/stack/gate": "none", "stage.2/stack/blocks": 2, "stage.2/stack/kind": "mobile", "stage.2/stack/kernel": 3, "stage.2/stack/gate": "none", "dropout/rate": 0.1, "train/optimizer": "adamw", "train/lr": 0.004, "train/weight_decay": 0.02, "train/batch_size": 64, "train/label_smoothing": 0.0}','{"inputs": {"image": {"dtype": "float32", "shape": [8, 8, 1]}}, "nodes": [{"args": {"activation": "linear", "dilation": 1, "filters": 32, "groups": 1, "kernel": 3, "padding": "same", "stride": 1, "use_bias": false}, "id": "n0", "inputs": ["image"], "op": "conv", "weights": null, "name": "stem/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n1", "inputs": ["n0"], "op": "bn", "weights": null, "name": "stem/bn"}, {"args": {}, "id": "n2", "inputs": ["n1"], "op": "relu", "weights": null, "name": "act/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 64, "groups": 1, "kernel": 1, "padding": "same", "stride": 1, "use_bias": false}, "id": "n3", "inputs": ["n2"], "op": "conv", "weights": null, "name": "stage.0/stack/block.0/choice=mobile/mobile/residual/conv_bn/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n4", "inputs": ["n3"], "op": "bn", "weights": null, "name": "stage.0/stack/block.0/choice=mobile/mobile/residual/conv_bn/bn"}, {"args": {}, "id": "n5", "inputs": ["n4"], "op": "relu", "weights": null, "name": "stage.0/stack/block.0/choice=mobile/mobile/residual/act/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "kernel": 3, "multiplier": 1, "padding": "same", "stride": 1, "use_bias": false}, "id": "n6", "inputs": ["n5"], "op": "dwconv", "weights": null, "name": "stage.0/stack/block.0/choice=mobile/mobile/residual/dwconv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n7", "inputs": ["n6"], "op": "bn", "weights": null, "name": "stage.0/stack/block.0/choice=mobile/mobile/residual/bn"}, {"args": {}, "id": "n8", "inputs": ["n7"], "op": "relu", "weights": null, "name": "stage.0/stack/block.0/choice=mobile/mobile/residual/act#2/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 32, "groups": 1, "kernel": 1, "padding": "same", "stride": 1, "use_bias": false}, "id": "n9", "inputs": ["n8"], "op": "conv", "weights": null, "name": "stage.0/stack/block.0/choice=mobile/mobile/residual/conv_bn#2/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n10", "inputs": ["n9"], "op": "bn", "weights": null, "name": "stage.0/stack/block.0/choice=mobile/mobile/residual/conv_bn#2/bn"}, {"args": {}, "id": "n11", "inputs": ["n2", "n10"], "op": "add", "weights": null, "name": "stage.0/stack/block.0/choice=mobile/mobile/residual/add"}, {"args": {"activation": "linear", "dilation": 1, "filters": 128, "groups": 1, "kernel": 1, "padding": "same", "stride": 1, "use_bias": false}, "id": "n12", "inputs": ["n11"], "op": "conv", "weights": null, "name": "stage.1/stack/block.0/choice=mobile/mobile/residual/conv_bn/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n13", "inputs": ["n12"], "op": "bn", "weights": null, "name": "stage.1/stack/block.0/choice=mobile/mobile/residual/conv_bn/bn"}, {"args": {}, "id": "n14", "inputs": ["n13"], "op": "relu", "weights": null, "name": "stage.1/stack/block.0/choice=mobile/mobile/residual/act/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "kernel": 3, "multiplier": 1, "padding": "same", "stride": 2, "use_bias": false}, "id": "n15", "inputs": ["n14"], "op": "dwconv", "weights": null, "name": "stage.1/stack/block.0/choice=mobile/mobile/residual/dwconv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n16", "inputs": ["n15"], "op": "bn", "weights": null, "name": "stage.1/stack/block.0/choice=mobile/mobile/residual/bn"}, {"args": {}, "id": "n17", "inputs": ["n16"], "op": "relu", "weights": null, "name": "stage.1/stack/block.0/choice=mobile/mobile/residual/act#2/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 64, "groups": 1, "kernel": 1, "padding": "same", "stride": 1, "use_bias": false}, "id": "n18", "inputs": ["n17"], "op": "conv", "weights": null, "name": "stage.1/stack/block.0/choice=mobile/mobile/residual/conv_bn#2/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n19", "inputs": ["n18"], "op": "bn", "weights": null, "name": "stage.1/stack/block.0/choice=mobile/mobile/residual/conv_bn#2/bn"}, {"args": {"activation": "linear", "dilation": 1, "filters": 64, "groups": 1, "kernel": 1, "padding": "same", "stride": 2, "use_bias": false}, "id": "n20", "inputs": ["n11"], "op": "conv", "weights": null, "name": "stage.1/stack/block.0/choice=mobile/mobile/residual/shortcut/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n21", "inputs": ["n20"], "op": "bn", "weights": null, "name": "stage.1/stack/block.0/choice=mobile/mobile/residual/shortcut/bn"}, {"args": {}, "id": "n22", "inputs": ["n19", "n21"], "op": "add", "weights": null, "name": "stage.1/stack/block.0/choice=mobile/mobile/residual/add"}, {"args": {"activation": "linear", "dilation": 1, "filters": 128, "groups": 1, "kernel": 1, "padding": "same", "stride": 1, "use_bias": false}, "id": "n23", "inputs": ["n22"], "op": "conv", "weights": null, "name": "stage.1/stack/block.1/choice=mobile/mobile/residual/conv_bn/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n24", "inputs": ["n23"], "op": "bn", "weights": null, "name": "stage.1/stack/block.1/choice=mobile/mobile/residual/conv_bn/bn"}, {"args": {}, "id": "n25", "inputs": ["n24"], "op": "relu", "weights": null, "name": "stage.1/stack/block.1/choice=mobile/mobile/residual/act/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "kernel": 3, "multiplier": 1, "padding": "same", "stride": 1, "use_bias": false}, "id": "n26", "inputs": ["n25"], "op": "dwconv", "weights": null, "name": "stage.1/stack/block.1/choice=mobile/mobile/residual/dwconv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n27", "inputs": ["n26"], "op": "bn", "weights": null, "name": "stage.1/stack/block.1/choice=mobile/mobile/residual/bn"}, {"args": {}, "id": "n28", "inputs": ["n27"], "op": "relu", "weights": null, "name": "stage.1/stack/block.1/choice=mobile/mobile/residual/act#2/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 64, "groups": 1, "kernel": 1, "padding": "same", "stride": 1, "use_bias": false}, "id": "n29", "inputs": ["n28"], "op": "conv", "weights": null, "name": "stage.1/stack/block.1/choice=mobile/mobile/residual/conv_bn#2/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n30", "inputs": ["n29"], "op": "bn", "weights": null, "name": "stage.1/stack/block.1/choice=mobile/mobile/residual/conv_bn#2/bn"}, {"args": {}, "id": "n31", "inputs": ["n22", "n30"], "op": "add", "weights": null, "name": "stage.1/stack/block.1/choice=mobile/mobile/residual/add"}, {"args": {"activation": "linear", "dilation": 1, "filters": 256, "groups": 1, "kernel": 1, "padding": "same", "stride": 1, "use_bias": false}, "id": "n32", "inputs": ["n31"], "op": "conv", "weights": null, "name": "stage.2/stack/block.0/choice=mobile/mobile/residual/conv_bn/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n33", "inputs": ["n32"], "op": "bn", "weights": null, "name": "stage.2/stack/block.0/choice=mobile/mobile/residual/conv_bn/bn"}, {"args": {}, "id": "n34", "inputs": ["n33"], "op": "relu", "weights": null, "name": "stage.2/stack/block.0/choice=mobile/mobile/residual/act/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "kernel": 3, "multiplier": 1, "padding": "same", "stride": 2, "use_bias": false}, "id": "n35", "inputs": ["n34"], "op": "dwconv", "weights": null, "name": "stage.2/stack/block.0/choice=mobile/mobile/residual/dwconv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n36", "inputs": ["n35"], "op": "bn", "weights": null, "name": "stage.2/stack/block.0/choice=mobile/mobile/residual/bn"}, {"args": {}, "id": "n37", "inputs": ["n36"], "op": "relu", "weights": null, "name": "stage.2/stack/block.0/choice=mobile/mobile/residual/act#2/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 128, "groups": 1, "kernel": 1, "padding": "same", "stride": 1, "use_bias": false}, "id": "n38", "inputs": ["n37"], "op": "conv", "weights": null, "name": "stage.2/stack/block.0/choice=mobile/mobile/residual/conv_bn#2/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n39", "inputs": ["n38"], "op": "bn", "weights": null, "name": "stage.2/stack/block.0/choice=mobile/mobile/residual/conv_bn#2/bn"}, {"args": {"activation": "linear", "dilation": 1, "filters": 128, "groups": 1, "kernel": 1, "padding": "same", "stride": 2, "use_bias": false}, "id": "n40", "inputs": ["n31"], "op": "conv", "weights": null, "name": "stage.2/stack/block.0/choice=mobile/mobile/residual/shortcut/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n41", "inputs": ["n40"], "op": "bn", "weights": null, "name": "stage.2/stack/block.0/choice=mobile/mobile/residual/shortcut/bn"}, {"args": {}, "id": "n42", "inputs": ["n39", "n41"], "op": "add", "weights": null, "name": "stage.2/stack/block.0/choice=mobile/mobile/residual/add"}, {"args": {"activation": "linear", "dilation": 1, "filters": 256, "groups": 1, "kernel": 1, "padding": "same", "stride": 1, "use_bias": false}, "id": "n43", "inputs": ["n42"], "op": "conv", "weights": null, "name": "stage.2/stack/block.1/choice=mobile/mobile/residual/conv_bn/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n44", "inputs": ["n43"], "op": "bn", "weights": null, "name": "stage.2/stack/block.1/choice=mobile/mobile/residual/conv_bn/bn"}, {"args": {}, "id": "n45", "inputs": ["n44"], "op": "relu", "weights": null, "name": "stage.2/stack/block.1/choice=mobile/mobile/residual/act/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "kernel": 3, "multiplier": 1, "padding": "same", "stride": 1, "use_bias": false}, "id": "n46", "inputs": ["n45"], "op": "dwconv", "weights": null, "name": "stage.2/stack/block.1/choice=mobile/mobile/residual/dwconv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n47", "inputs": ["n46"], "op": "bn", "weights": null, "name": "stage.2/stack/block.1/choice=mobile/mobile/residual/bn"}, {"args": {}, "id": "n48", "inputs": ["n47"], "op": "relu", "weights": null, "name": "stage.2/stack/block.1/choice=mobile/mobile/residual/act#2/choice=relu/relu"}, {"args": {"activation": "linear", "dilation": 1, "filters": 128, "groups": 1, "kernel": 1, "padding": "same", "stride": 1, "use_bias": false}, "id": "n49", "inputs": ["n48"], "op": "conv", "weights": null, "name": "stage.2/stack/block.1/choice=mobile/mobile/residual/conv_bn#2/conv"}, {"args": {"epsilon": 0.001, "momentum": 0.9}, "id": "n50", "inputs": ["n49"], "op": "bn", "weights": null, "name": "stage.2/stack/block.1/choice=mobile/mobile/residual/conv_bn#2/bn"}, {"args": {}, "id": "n51", "inputs": ["n42", "n50"], "op": "add", "weights": null, "name": "stage.2/stack/block.1/choice=mobile/mobile/residual/add"}, {"args": {}, "id": "n52", "inputs": ["n51"], "op": "gap", "weights": null, "name": "gap"}, {"args": {"rate": 0.1}, "id": "n53", "inputs": ["n52"], "op": "dropout", "weights": null, "name": "dropout"}, {"args": {"activation": "softmax", "units": 10}, "id": "n54", "inputs": ["n53"], "op": "head", "weights": null, "name": "head"}], "outputs": {"label": "n54"}}','3097d38d4f9d209cfcd22b942905cc619de39f44726ce1e43b6b183d2b61fc1e','47a97710c5468468f2c0a3453e3575ceea25c0083c7cd2d62134a31819d40dfe',175978,3614760,'{"optimizer": "adamw", "lr": 0.004, "weight_decay": 0.02, "momentum": 0.9, "batch_size": 64, "epochs": 3, "warmup_epochs": 2.0, "schedule": "cosine", "label_smoothing": 0.0, "clip_norm": null, "patience": 10, "augment": {"flip": false, "shift": 1}}','seed','conv32 > 3 stages (128-256-128) > gap > softmax10',NULL,NULL,'','','','','','{}',0,3,NULL,'{}','{}',NULL,NULL,'',4261163511,'2026-11-20 13:18:20.926938','2026-11-20 13:18:42.725641',NULL);
CREATE TABLE studies (
	study_id INTEGER NOT NULL, 
	study_name VARCHAR(512) NOT NULL, 
	PRIMARY KEY (study_id)
);
INSERT INTO "studies" VALUES(1,'previous');
CREATE TABLE study_directions (
	study_direction_id INTEGER NOT NULL, 
	direction VARCHAR(8) NOT NULL, 
	study_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	PRIMARY KEY (study_direction_id), 
	UNIQUE (study_id, objective), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_directions" VALUES(1,'MAXIMIZE',1,0);
CREATE TABLE study_system_attributes (
	study_system_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_system_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
CREATE TABLE study_user_attributes (
	study_user_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_user_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
CREATE TABLE trial_heartbeats (
	trial_heartbeat_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	heartbeat DATETIME NOT NULL, 
	PRIMARY KEY (trial_heartbeat_id), 
	UNIQUE (trial_id), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_intermediate_values (
	trial_intermediate_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	step INTEGER NOT NULL, 
	intermediate_value FLOAT, 
	intermediate_value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_intermediate_value_id), 
	UNIQUE (trial_id, step), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_intermediate_values" VALUES(1,1,1,6.34146332740783691406e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(2,1,2,8.71080160140991210937e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(3,1,3,9.58188176155090332031e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(4,2,1,4.52961683273315429687e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(5,2,2,7.90940761566162109375e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(6,2,3,9.44250881671905517578e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(7,3,1,3.58885020017623901367e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(8,3,2,8.8501739501953125e-01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(9,3,3,9.44250881671905517578e-01,'FINITE');
CREATE TABLE trial_params (
	param_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	param_name VARCHAR(512), 
	param_value FLOAT, 
	distribution_json TEXT, 
	PRIMARY KEY (param_id), 
	UNIQUE (trial_id, param_name), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_params" VALUES(1,1,'width',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 24, 32, 48, 64]}}');
INSERT INTO "trial_params" VALUES(2,1,'activation',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["relu", "silu", "gelu"]}}');
INSERT INTO "trial_params" VALUES(3,1,'detail',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["normal", "fine", "coarse"]}}');
INSERT INTO "trial_params" VALUES(4,1,'stage/times',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "trial_params" VALUES(5,1,'stage.0/stack/blocks',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(6,1,'stage.0/stack/kind',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["basic", "bottleneck", "plain", "mobile"]}}');
INSERT INTO "trial_params" VALUES(7,1,'stage.0/stack/kernel',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 3, "high": 5}}');
INSERT INTO "trial_params" VALUES(8,1,'stage.0/stack/gate',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "se"]}}');
INSERT INTO "trial_params" VALUES(9,1,'stage.1/stack/blocks',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(10,1,'stage.1/stack/kind',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["basic", "bottleneck", "plain", "mobile"]}}');
INSERT INTO "trial_params" VALUES(11,1,'stage.1/stack/kernel',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 3, "high": 5}}');
INSERT INTO "trial_params" VALUES(12,1,'stage.1/stack/gate',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "se"]}}');
INSERT INTO "trial_params" VALUES(13,1,'stage.2/stack/blocks',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(14,1,'stage.2/stack/kind',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["basic", "bottleneck", "plain", "mobile"]}}');
INSERT INTO "trial_params" VALUES(15,1,'stage.2/stack/kernel',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 3, "high": 5}}');
INSERT INTO "trial_params" VALUES(16,1,'stage.2/stack/gate',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "se"]}}');
INSERT INTO "trial_params" VALUES(17,1,'dropout/rate',0.1,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(18,1,'train/optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adamw", "sgd"]}}');
INSERT INTO "trial_params" VALUES(19,1,'train/lr',0.004,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0005, "high": 0.05, "log": true}}');
INSERT INTO "trial_params" VALUES(20,1,'train/weight_decay',0.02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(21,1,'train/batch_size',6.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 5, "high": 7}}');
INSERT INTO "trial_params" VALUES(22,1,'train/label_smoothing',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.0, 0.05, 0.1]}}');
INSERT INTO "trial_params" VALUES(23,2,'width',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 24, 32, 48, 64]}}');
INSERT INTO "trial_params" VALUES(24,2,'activation',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["relu", "silu", "gelu"]}}');
INSERT INTO "trial_params" VALUES(25,2,'detail',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["normal", "fine", "coarse"]}}');
INSERT INTO "trial_params" VALUES(26,2,'stage/times',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "trial_params" VALUES(27,2,'stage.0/stack/blocks',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(28,2,'stage.0/stack/kind',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["basic", "bottleneck", "plain", "mobile"]}}');
INSERT INTO "trial_params" VALUES(29,2,'stage.0/stack/kernel',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 3, "high": 5}}');
INSERT INTO "trial_params" VALUES(30,2,'stage.0/stack/gate',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "se"]}}');
INSERT INTO "trial_params" VALUES(31,2,'stage.1/stack/blocks',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(32,2,'stage.1/stack/kind',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["basic", "bottleneck", "plain", "mobile"]}}');
INSERT INTO "trial_params" VALUES(33,2,'stage.1/stack/kernel',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 3, "high": 5}}');
INSERT INTO "trial_params" VALUES(34,2,'stage.1/stack/gate',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "se"]}}');
INSERT INTO "trial_params" VALUES(35,2,'stage.2/stack/blocks',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(36,2,'stage.2/stack/kind',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["basic", "bottleneck", "plain", "mobile"]}}');
INSERT INTO "trial_params" VALUES(37,2,'stage.2/stack/kernel',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 3, "high": 5}}');
INSERT INTO "trial_params" VALUES(38,2,'stage.2/stack/gate',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "se"]}}');
INSERT INTO "trial_params" VALUES(39,2,'dropout/rate',0.2,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(40,2,'train/optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adamw", "sgd"]}}');
INSERT INTO "trial_params" VALUES(41,2,'train/lr',0.004,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0005, "high": 0.05, "log": true}}');
INSERT INTO "trial_params" VALUES(42,2,'train/weight_decay',0.02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(43,2,'train/batch_size',6.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 5, "high": 7}}');
INSERT INTO "trial_params" VALUES(44,2,'train/label_smoothing',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.0, 0.05, 0.1]}}');
INSERT INTO "trial_params" VALUES(45,3,'width',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 24, 32, 48, 64]}}');
INSERT INTO "trial_params" VALUES(46,3,'activation',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["relu", "silu", "gelu"]}}');
INSERT INTO "trial_params" VALUES(47,3,'detail',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["normal", "fine", "coarse"]}}');
INSERT INTO "trial_params" VALUES(48,3,'stage/times',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "trial_params" VALUES(49,3,'stage.0/stack/blocks',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(50,3,'stage.0/stack/kind',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["basic", "bottleneck", "plain", "mobile"]}}');
INSERT INTO "trial_params" VALUES(51,3,'stage.0/stack/kernel',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 3, "high": 5}}');
INSERT INTO "trial_params" VALUES(52,3,'stage.0/stack/gate',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "se"]}}');
INSERT INTO "trial_params" VALUES(53,3,'stage.1/stack/blocks',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(54,3,'stage.1/stack/kind',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["basic", "bottleneck", "plain", "mobile"]}}');
INSERT INTO "trial_params" VALUES(55,3,'stage.1/stack/kernel',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 3, "high": 5}}');
INSERT INTO "trial_params" VALUES(56,3,'stage.1/stack/gate',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "se"]}}');
INSERT INTO "trial_params" VALUES(57,3,'stage.2/stack/blocks',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(58,3,'stage.2/stack/kind',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["basic", "bottleneck", "plain", "mobile"]}}');
INSERT INTO "trial_params" VALUES(59,3,'stage.2/stack/kernel',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 3, "high": 5}}');
INSERT INTO "trial_params" VALUES(60,3,'stage.2/stack/gate',1.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "se"]}}');
INSERT INTO "trial_params" VALUES(61,3,'dropout/rate',0.1,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(62,3,'train/optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adamw", "sgd"]}}');
INSERT INTO "trial_params" VALUES(63,3,'train/lr',0.004,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0005, "high": 0.05, "log": true}}');
INSERT INTO "trial_params" VALUES(64,3,'train/weight_decay',0.02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(65,3,'train/batch_size',6.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 5, "high": 7}}');
INSERT INTO "trial_params" VALUES(66,3,'train/label_smoothing',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.0, 0.05, 0.1]}}');
INSERT INTO "trial_params" VALUES(67,4,'width',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [16, 24, 32, 48, 64]}}');
INSERT INTO "trial_params" VALUES(68,4,'activation',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["relu", "silu", "gelu"]}}');
INSERT INTO "trial_params" VALUES(69,4,'detail',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["normal", "fine", "coarse"]}}');
INSERT INTO "trial_params" VALUES(70,4,'stage/times',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 4}}');
INSERT INTO "trial_params" VALUES(71,4,'stage.0/stack/blocks',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(72,4,'stage.0/stack/kind',3.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["basic", "bottleneck", "plain", "mobile"]}}');
INSERT INTO "trial_params" VALUES(73,4,'stage.0/stack/kernel',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 3, "high": 5}}');
INSERT INTO "trial_params" VALUES(74,4,'stage.0/stack/gate',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "se"]}}');
INSERT INTO "trial_params" VALUES(75,4,'stage.1/stack/blocks',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(76,4,'stage.1/stack/kind',3.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["basic", "bottleneck", "plain", "mobile"]}}');
INSERT INTO "trial_params" VALUES(77,4,'stage.1/stack/kernel',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 3, "high": 5}}');
INSERT INTO "trial_params" VALUES(78,4,'stage.1/stack/gate',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "se"]}}');
INSERT INTO "trial_params" VALUES(79,4,'stage.2/stack/blocks',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 1, "high": 3}}');
INSERT INTO "trial_params" VALUES(80,4,'stage.2/stack/kind',3.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["basic", "bottleneck", "plain", "mobile"]}}');
INSERT INTO "trial_params" VALUES(81,4,'stage.2/stack/kernel',3.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 3, "high": 5}}');
INSERT INTO "trial_params" VALUES(82,4,'stage.2/stack/gate',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["none", "se"]}}');
INSERT INTO "trial_params" VALUES(83,4,'dropout/rate',0.1,'{"name": "FloatDistribution", "attributes": {"step": 0.1, "low": 0.0, "high": 0.5, "log": false}}');
INSERT INTO "trial_params" VALUES(84,4,'train/optimizer',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adamw", "sgd"]}}');
INSERT INTO "trial_params" VALUES(85,4,'train/lr',0.004,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0005, "high": 0.05, "log": true}}');
INSERT INTO "trial_params" VALUES(86,4,'train/weight_decay',0.02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0001, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(87,4,'train/batch_size',6.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 5, "high": 7}}');
INSERT INTO "trial_params" VALUES(88,4,'train/label_smoothing',0.0,'{"name": "CategoricalDistribution", "attributes": {"choices": [0.0, 0.05, 0.1]}}');
CREATE TABLE trial_system_attributes (
	trial_system_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_system_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_system_attributes" VALUES(1,1,'fixed_params','{"width": 24, "activation": "relu", "detail": "normal", "stage/times": 3, "stage.0/stack/blocks": 1, "stage.0/stack/kind": "basic", "stage.0/stack/kernel": 3, "stage.0/stack/gate": "none", "stage.1/stack/blocks": 1, "stage.1/stack/kind": "basic", "stage.1/stack/kernel": 3, "stage.1/stack/gate": "none", "stage.2/stack/blocks": 1, "stage.2/stack/kind": "basic", "stage.2/stack/kernel": 3, "stage.2/stack/gate": "none", "dropout/rate": 0.1, "train/optimizer": "adamw", "train/lr": 0.004, "train/weight_decay": 0.02, "train/batch_size": 6, "train/label_smoothing": 0.0}');
INSERT INTO "trial_system_attributes" VALUES(2,2,'fixed_params','{"width": 32, "activation": "relu", "detail": "normal", "stage/times": 3, "stage.0/stack/blocks": 1, "stage.0/stack/kind": "basic", "stage.0/stack/kernel": 3, "stage.0/stack/gate": "none", "stage.1/stack/blocks": 2, "stage.1/stack/kind": "basic", "stage.1/stack/kernel": 3, "stage.1/stack/gate": "none", "stage.2/stack/blocks": 2, "stage.2/stack/kind": "basic", "stage.2/stack/kernel": 3, "stage.2/stack/gate": "none", "dropout/rate": 0.2, "train/optimizer": "adamw", "train/lr": 0.004, "train/weight_decay": 0.02, "train/batch_size": 6, "train/label_smoothing": 0.0}');
INSERT INTO "trial_system_attributes" VALUES(3,3,'fixed_params','{"width": 24, "activation": "silu", "detail": "normal", "stage/times": 3, "stage.0/stack/blocks": 1, "stage.0/stack/kind": "basic", "stage.0/stack/kernel": 3, "stage.0/stack/gate": "se", "stage.1/stack/blocks": 1, "stage.1/stack/kind": "basic", "stage.1/stack/kernel": 3, "stage.1/stack/gate": "se", "stage.2/stack/blocks": 1, "stage.2/stack/kind": "basic", "stage.2/stack/kernel": 3, "stage.2/stack/gate": "se", "dropout/rate": 0.1, "train/optimizer": "adamw", "train/lr": 0.004, "train/weight_decay": 0.02, "train/batch_size": 6, "train/label_smoothing": 0.0}');
INSERT INTO "trial_system_attributes" VALUES(4,4,'fixed_params','{"width": 32, "activation": "relu", "detail": "normal", "stage/times": 3, "stage.0/stack/blocks": 1, "stage.0/stack/kind": "mobile", "stage.0/stack/kernel": 3, "stage.0/stack/gate": "none", "stage.1/stack/blocks": 2, "stage.1/stack/kind": "mobile", "stage.1/stack/kernel": 3, "stage.1/stack/gate": "none", "stage.2/stack/blocks": 2, "stage.2/stack/kind": "mobile", "stage.2/stack/kernel": 3, "stage.2/stack/gate": "none", "dropout/rate": 0.1, "train/optimizer": "adamw", "train/lr": 0.004, "train/weight_decay": 0.02, "train/batch_size": 6, "train/label_smoothing": 0.0}');
CREATE TABLE trial_user_attributes (
	trial_user_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_user_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_values (
	trial_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	value FLOAT, 
	value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_value_id), 
	UNIQUE (trial_id, objective), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_values" VALUES(1,1,0,9.58188176155090332031e-01,'FINITE');
INSERT INTO "trial_values" VALUES(2,2,0,9.44250881671905517578e-01,'FINITE');
INSERT INTO "trial_values" VALUES(3,3,0,9.44250881671905517578e-01,'FINITE');
CREATE TABLE trials (
	trial_id INTEGER NOT NULL, 
	number INTEGER, 
	study_id INTEGER, 
	state VARCHAR(8) NOT NULL, 
	datetime_start DATETIME, 
	datetime_complete DATETIME, 
	PRIMARY KEY (trial_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "trials" VALUES(1,0,1,'COMPLETE','2026-11-20 13:18:23.686098','2026-11-20 13:18:28.628308');
INSERT INTO "trials" VALUES(2,1,1,'COMPLETE','2026-11-20 13:18:28.640724','2026-11-20 13:18:36.501785');
INSERT INTO "trials" VALUES(3,2,1,'COMPLETE','2026-11-20 13:18:36.512359','2026-11-20 13:18:42.682067');
INSERT INTO "trials" VALUES(4,3,1,'RUNNING','2026-11-20 13:18:42.692409',NULL);
CREATE TABLE version_info (
	version_info_id INTEGER NOT NULL, 
	schema_version INTEGER, 
	library_version VARCHAR(256), 
	PRIMARY KEY (version_info_id), 
	CHECK (version_info_id=1)
);
INSERT INTO "version_info" VALUES(1,12,'5.0.0');
CREATE INDEX ix_automl_trial_optuna_trial_id ON automl_trial (optuna_trial_id);
CREATE INDEX ix_automl_trial_job_key ON automl_trial (run_id, job_key);
CREATE INDEX ix_automl_segment_trial_id ON automl_segment (trial_id);
CREATE INDEX ix_automl_artifact_trial_id ON automl_artifact (trial_id);
CREATE INDEX ix_automl_artifact_run_id ON automl_artifact (run_id);
CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
CREATE INDEX ix_trials_study_id ON trials (study_id);
COMMIT;
